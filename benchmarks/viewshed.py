"""Minimum visible height: speed and nearness to dense profiles, beside GDAL, GRASS and xarray-spatial, in one run.

near      the height above ground at which a cell comes into sight, against a profile to that cell with 24 bilinear
          samples a cell (`physics.terrain_exact`)
right     share of cells where 'a target at 100 m above ground is in sight' is said as the profile says
observers on a plain, a slope and a peak of each terrain: fractal 90 m (made here), two SRTM tiles warped to UTM 90 m
          (Alps, voids filled for all; Canberra)
time      Égide in process; `gdal_viewshed` as a process, less what the same process takes on four cells; GRASS
          r.viewshed and xarray-spatial's call alone. Median of the rounds

country   a mosaic of 3-arc-second tiles as large as Turkey, filled with made ground (no fine tiles of it are shipped):
          read from tiles, then one raster of sight for each of 20 radars of 400 km; time and most memory

    apt-get install gdal-bin grass-core        (peers are used where they are installed)
    python benchmarks/viewshed.py [--peer-python PYTHON] [--quick] [--country] [--write docs/validation.md]

`--peer-python`: an interpreter that has xarray-spatial, to keep it out of this environment. `--write` puts the tables
into the section 'Viewshed' of the page.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pages import put, table

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.physics import terrain_exact, terrain_sweep
from egide.physics.terrain import minimum_visible_height

Array = np.ndarray[Any, Any]

CELL_M, SIDE, RANGE_M, MAST_M, TARGET_M = 90.0, 4000, 150e3, 20.0, 100.0
WEST_M, NORTH_M = 300_000.0, 4_600_000.0
COUNTRY = (36.01, 42.6, 26.0, 41.0)  # south, north, west, east, degrees
TILES = Path(__file__).parents[1] / "tests" / "data" / "dem"
BEGIN, END = "<!-- viewshed: begin -->", "<!-- viewshed: end -->"
GRASS = """
r.in.gdal --quiet -o input={file} output=dem
g.region raster=dem
for i in 1; do
  a=$(date +%s.%N)
  r.viewshed --quiet --overwrite -c -b input=dem output=seen coordinates={x},{y} observer_elevation={mast} \
    target_elevation={target} max_distance={range} refraction_coeff=0.25 -r memory=4000
  b=$(date +%s.%N)
  echo "took $a $b"
done
"""
XRSPATIAL = """
import sys, time, json, numpy as np, xarray as xr
from xrspatial import viewshed
dem = np.load(sys.argv[1]).astype(float)
n = dem.shape[0]
raster = xr.DataArray(dem, dims=["y", "x"], coords={"y": np.arange(n) * -90.0, "x": np.arange(n) * 90.0})
small = raster[:50, :50]
viewshed(small, x=float(small.x[25]), y=float(small.y[25]), observer_elev=20)
begun = time.perf_counter()
x, y = float(raster.x[int(sys.argv[3])]), float(raster.y[int(sys.argv[2])])
viewshed(raster, x=x, y=y, observer_elev=20, target_elev=100)
print(json.dumps(time.perf_counter() - begun))
"""


@dataclass(frozen=True)
class Ground:
    name: str
    dem_m: Array
    range_m: float


def fractal(side: int, seed: int = 1) -> Array:
    """Ground whose spectrum falls as in mountains (Hurst exponent 0.9), 600 m of standard deviation."""
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal((side, side)))
    wave = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    wave[0, 0] = 1.0
    shaped = np.fft.irfft2(noise * wave**-1.9, s=(side, side))
    return np.asarray((shaped - shaped.mean()) / shaped.std() * 600.0 + 1200.0, np.float32)


def warped(path: Path, epsg: int) -> Array:
    """A tile on a map with cells of 90 m, voids filled, cut to what the tile covers."""
    import rasterio
    from rasterio.enums import Resampling
    from rasterio.fill import fillnodata
    from rasterio.transform import from_origin
    from rasterio.warp import reproject, transform_bounds

    with rasterio.open(path) as tile:
        heights = tile.read(1).astype(np.float32)
        heights = fillnodata(heights, mask=(heights > -32767).astype(np.uint8), max_search_distance=300.0)
        west, south, east, north = transform_bounds(tile.crs, f"EPSG:{epsg}", *tile.bounds)
        shape = (int((north - south) / CELL_M), int((east - west) / CELL_M))
        out = np.full(shape, np.nan, np.float32)
        reproject(
            heights, out, src_transform=tile.transform, src_crs=tile.crs, dst_crs=f"EPSG:{epsg}",
            dst_transform=from_origin(west, north, CELL_M, CELL_M), resampling=Resampling.bilinear, dst_nodata=np.nan,
        )  # fmt: skip
    inner = out[60:-60, 60:-60]
    return np.ascontiguousarray(np.nan_to_num(inner, nan=float(np.nanmin(inner))))


def observers(dem_m: Array) -> dict[str, tuple[int, int]]:
    """A plain, a slope and a peak in the middle third."""
    from scipy.ndimage import gaussian_filter

    a, b = dem_m.shape[0] // 3, dem_m.shape[1] // 3
    middle = dem_m[a : 2 * a, b : 2 * b]
    steep = gaussian_filter(np.hypot(*np.gradient(middle)), 3)
    rough = gaussian_filter(np.hypot(*np.gradient(middle)), 10) + gaussian_filter(middle, 10) * 0.05
    places = {"plain": np.argmin(rough), "slope": np.argmax(steep), "peak": np.argmax(middle)}
    found = {name: np.unravel_index(index, middle.shape) for name, index in places.items()}
    return {name: (int(r) + a, int(c) + b) for name, (r, c) in found.items()}


def median_s(work: Callable[[], object], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def write_tif(path: Path, dem_m: Array) -> None:
    import rasterio

    with rasterio.open(
        path, "w", driver="GTiff", height=dem_m.shape[0], width=dem_m.shape[1], count=1, dtype="float32",
        crs="EPSG:32636", transform=rasterio.Affine(CELL_M, 0.0, WEST_M, 0.0, -CELL_M, NORTH_M),
    ) as file:  # fmt: skip
        file.write(dem_m, 1)


def centre(row: int, col: int) -> tuple[float, float]:
    return WEST_M + (col + 0.5) * CELL_M, NORTH_M - (row + 0.5) * CELL_M


def gdal(folder: Path, shape: tuple[int, int], row: int, col: int, range_m: float) -> tuple[float, Array]:
    """Seconds of the process and its heights above ground, on the raster dem.tif."""
    import rasterio

    x, y = centre(row, col)
    # -cc is 1 / k
    line = ["gdal_viewshed", "-q", "-ox", f"{x}", "-oy", f"{y}", "-oz", f"{MAST_M}", "-md", f"{range_m}", "-cc", "0.75",
            "-om", "GROUND", str(folder / "dem.tif"), str(folder / "seen.tif")]  # fmt: skip
    begun = time.perf_counter()
    subprocess.run(line, check=True, capture_output=True)
    took = time.perf_counter() - begun
    out = np.full(shape, np.nan)
    with rasterio.open(folder / "seen.tif") as file:
        top, left = round((NORTH_M - file.transform.f) / CELL_M), round((file.transform.c - WEST_M) / CELL_M)
        out[top : top + file.height, left : left + file.width] = file.read(1)
    return took, out


def grass(folder: Path, row: int, col: int) -> tuple[float, Array] | None:
    """Seconds of r.viewshed alone, and whether a target at 100 m is in sight."""
    import rasterio

    if shutil.which("grass") is None:
        return None
    x, y = centre(row, col)
    script = GRASS.format(file=folder / "dem.tif", x=x, y=y, mast=MAST_M, target=TARGET_M, range=RANGE_M)
    script += f"r.out.gdal --quiet --overwrite input=seen output={folder / 'grass.tif'} type=Byte nodata=255 -f\n"
    (folder / "work.sh").write_text(script)
    done = subprocess.run(
        ["grass", "--tmp-location", "EPSG:32636", "--exec", "bash", str(folder / "work.sh")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    times = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("took")]
    if not times or not (folder / "grass.tif").exists():
        print("grass did not run:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return None
    with rasterio.open(folder / "grass.tif") as file:
        return float(times[0][1]) - float(times[0][0]), file.read(1) == 1


def xrspatial(folder: Path, dem_m: Array, row: int, col: int, python: str) -> float | None:
    """Seconds of xarray-spatial's viewshed (a flat Earth, no range), in an interpreter that has it."""
    np.save(folder / "dem.npy", dem_m)
    done = subprocess.run(
        [python, "-c", XRSPATIAL, str(folder / "dem.npy"), str(row), str(col)],
        capture_output=True,
        text=True,
        check=False,
    )
    return float(json.loads(done.stdout.splitlines()[-1])) if done.returncode == 0 and done.stdout else None


@dataclass(frozen=True)
class Near:
    right: float
    median_m: float
    p95_m: float


def nearness(heights_m: Array, dense_m: Array) -> Near:
    off = np.abs(heights_m - dense_m)
    right = float(np.mean((heights_m <= TARGET_M) == (dense_m <= TARGET_M)))
    return Near(right, float(np.median(off)), float(np.percentile(off, 95)))


def compare(ground: Ground, folder: Path, cells: int) -> list[list[str]]:
    """A row an observer: nearness of both, and by how much ours is nearer."""
    rows = []
    dem = ground.dem_m
    has_gdal = shutil.which("gdal_viewshed") is not None
    write_tif(folder / "dem.tif", dem)
    for name, (row, col) in observers(dem).items():
        ours = minimum_visible_height(dem, CELL_M, row, col, MAST_M, ground.range_m)
        r, c = np.nonzero(np.isfinite(ours))
        far = np.hypot(r - row, c - col)
        kept = np.flatnonzero((far > 1.5) & (far * CELL_M < ground.range_m - CELL_M))
        pick = np.random.default_rng(7).choice(kept, cells, replace=False)
        r, c = r[pick], c[pick]
        plane = terrain_sweep.projected((dem.shape[0], dem.shape[1]), CELL_M, row, col)
        lowest = terrain_exact.lowest_heights_m(dem, plane, r, c, float(dem[row, col]) + MAST_M, samples_a_cell=24.0)
        dense = lowest - dem[r, c]
        mine = nearness(ours[r, c], dense)
        line = [f"{ground.name}, {name}", f"{mine.right:.3%}", f"{mine.median_m:.3f}", f"{mine.p95_m:.2f}"]
        if has_gdal:
            theirs = nearness(gdal(folder, (dem.shape[0], dem.shape[1]), row, col, ground.range_m)[1][r, c], dense)
            wrong, wrong_gdal = 1.0 - mine.right, 1.0 - theirs.right
            line += [f"{theirs.right:.3%}", f"{theirs.median_m:.3f}", f"{theirs.p95_m:.2f}",
                     f"{wrong_gdal / wrong:.0f}" if wrong > 0.0 else f"all of {cells:,} right",
                     f"{theirs.median_m / mine.median_m:.0f}" if mine.median_m > 0.0 else "-",
                     f"{theirs.p95_m / mine.p95_m:.0f}" if mine.p95_m > 0.0 else "-"]  # fmt: skip
        rows.append(line)
    return rows


def speed(dem: Array, folder: Path, rounds: int, python: str, peers: bool) -> list[list[str]]:
    """A row a tool: milliseconds, and how many times slower than ours."""
    import numba

    row = col = SIDE // 2
    cores = numba.config.NUMBA_DEFAULT_NUM_THREADS
    plane = terrain_sweep.projected((SIDE, SIDE), CELL_M, row, col)
    antenna_m = float(dem[row, col]) + MAST_M
    parallel = {}
    reached = int(np.isfinite(minimum_visible_height(dem, CELL_M, row, col, MAST_M, RANGE_M, parallel=True)).sum())

    def work() -> None:
        minimum_visible_height(dem, CELL_M, row, col, MAST_M, RANGE_M, parallel=True)

    def serial() -> None:
        terrain_sweep.run(dem, plane, antenna_m, RANGE_M, EFFECTIVE_EARTH, above_ground=True, parallel=False)

    serial()
    write_tif(folder / "dem.tif", dem)
    theirs: list[float] = []
    for _ in range(rounds):  # in turn, so that a drifting machine hits all alike
        for count in (1, cores):
            numba.set_num_threads(count)
            parallel.setdefault(count, []).append(median_s(work, 3))
        parallel.setdefault("serial", []).append(median_s(serial, 3))  # type: ignore[call-overload]
        if shutil.which("gdal_viewshed"):
            theirs.append(gdal(folder, (SIDE, SIDE), row, col, RANGE_M)[0])
    ours_s = statistics.median(parallel[cores])
    one_s = statistics.median(parallel[1])
    serial_s = statistics.median(parallel["serial"])  # type: ignore[index]
    rows = [
        [f"Égide, {cores} cores, in process", f"{ours_s * 1e3:.1f}", "1"],
        ["Égide, 1 core", f"{one_s * 1e3:.1f}", f"{one_s / ours_s:.2f} (scaling)"],
        ["Égide, serial variant for worker processes", f"{serial_s * 1e3:.1f}", f"{serial_s / ours_s:.2f}"],
        ["Égide, nanoseconds a cell a core", f"{one_s / reached * 1e9:.2f}", f"{reached:,} cells in range"],
    ]
    if theirs:
        whole = statistics.median(theirs)
        write_tif(folder / "dem.tif", dem[:4, :4])
        start = statistics.median([gdal(folder, (4, 4), 1, 1, 500.0)[0] for _ in range(5)])
        rows += [
            ["gdal_viewshed -om GROUND, whole process", f"{whole * 1e3:.0f}", f"{whole / ours_s:.1f}"],
            ["gdal_viewshed, less its start", f"{(whole - start) * 1e3:.0f}", f"{(whole - start) / ours_s:.1f}"],
        ]
    if peers:
        write_tif(folder / "dem.tif", dem)
        if found := grass(folder, row, col):
            rows.append(["GRASS r.viewshed (one target height)", f"{found[0] * 1e3:,.0f}", f"{found[0] / ours_s:.0f}"])
        if took := xrspatial(folder, dem, row, col, python):
            rows.append(["xarray-spatial viewshed (one target height)", f"{took * 1e3:,.0f}", f"{took / ours_s:.0f}"])
    return rows


def made_up_tiles(folder: Path) -> list[Path]:
    """3-arc-second tiles of a country as large as Turkey, in the layout of SRTM; their ground is made up."""
    import rasterio

    base = np.pad(fractal(1200, 5), (0, 1), mode="wrap").astype(np.int16)  # its edges meet, so tiles do
    tiles = []
    for lat in range(36, 43):
        for lon in range(26, 41):
            tiles.append(folder / f"N{lat}E{lon:03}.tif")
            with rasterio.open(
                tiles[-1], "w", driver="GTiff", height=1201, width=1201, count=1, dtype="int16", crs="EPSG:4326",
                transform=rasterio.Affine(1 / 1200, 0, lon - 0.5 / 1200, 0, -1 / 1200, lat + 1 + 0.5 / 1200),
            ) as file:  # fmt: skip
                file.write(base, 1)
    return tiles


def country(folder: Path) -> list[list[str]]:
    """A row a step: seconds, and the most memory so far."""
    import resource

    from egide.ingest import dem as dems
    from egide.physics.terrain import heights_at, visible_height_window

    def most_gib() -> str:
        return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f}"

    os.environ["EGIDE_CACHE_DIR"] = str(folder / "cache")
    tiles = made_up_tiles(folder)
    rows = []
    for step in ("read from tiles, kept on disk", "opened again"):
        begun = time.perf_counter()
        land = dems.load(tiles, COUNTRY)
        size = f"{land.height_m.shape[1]:,} x {land.height_m.shape[0]:,} cells"
        rows.append([f"mosaic of {len(tiles)} tiles, {size}: {step}", f"{time.perf_counter() - begun:.1f}", most_gib()])
    rng = np.random.default_rng(2)
    grid = (land.north_deg, land.west_deg, land.step_lat_deg, land.step_lon_deg)
    begun, cells = time.perf_counter(), 0
    for lat, lon in zip(rng.uniform(36.5, 42.0, 20), rng.uniform(27.0, 40.0, 20), strict=True):
        foot_m = float(heights_at(land.height_m, land.row(lat), land.column(lon)))
        _, _, sight = visible_height_window(land.height_m, *grid, lat, lon, foot_m + MAST_M, 400e3)
        cells += int(np.count_nonzero(np.isfinite(sight)))
    rows.append([f"sight of 20 radars, {cells:,} cells in range", f"{time.perf_counter() - begun:.1f}", most_gib()])
    return rows


def versions() -> str:
    def said(*command: str) -> str:
        if shutil.which(command[0]) is None:
            return f"{command[0]} not installed"
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (done.stdout or done.stderr).strip().splitlines()[0]

    import numba

    load = f"load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    tools = f"{said('gdalinfo', '--version')}; {said('grass', '--version')}; Numba {numba.__version__}"
    return f"{tools}; {os.cpu_count()} cores; {load}"


def page(asked: argparse.Namespace) -> str:
    tools = versions()
    dem = fractal(SIDE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times = speed(dem, folder, asked.rounds, asked.peer_python, not asked.quick)
        grounds = [Ground("fractal 90 m", dem, RANGE_M)]
        for label, file, epsg in (("Alps", "alps.tif", 32632), ("Canberra", "S36E149.tif", 32755)):
            grounds.append(Ground(f"{label} (SRTM)", warped(TILES / file, epsg), 40e3))
        near = [row for ground in grounds for row in compare(ground, folder, asked.cells)]
        wide = country(folder) if asked.country else []
    head = ["terrain, observer", "right at 100 m", "median, m", "95 %, m", "GDAL: right", "median, m", "95 %, m",
            "times fewer wrong", "times nearer, median", "times nearer, 95 %"]  # fmt: skip
    first = (
        f"{SIDE} x {SIDE} cells of {CELL_M:.0f} m, range {RANGE_M / 1e3:.0f} km, mast {MAST_M:.0f} m, "
        f"Earth of 4/3 x {EARTH_RADIUS_M / 1e3:.0f} km"
    )
    parts = [
        f"Minimum visible height on fractal ground, {first}. {tools}.",
        table(["tool", "ms", "times ours"], times),
        (
            f"Nearness to dense profiles (24 samples a cell) at {asked.cells:,} cells an observer: the height in "
            "metres above ground at which a cell comes into sight."
        ),
        table(head, near),
    ]
    if wide:
        parts += ["A country of 3-arc-second tiles, ground made up.", table(["step", "s", "most memory, GiB"], wide)]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true", help="without GRASS and xarray-spatial: a minute less")
    parser.add_argument(
        "--country", action="store_true", help="with the mosaic of a country: a minute and 1 GB of disk"
    )
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    text = page(asked)
    print(text)
    if asked.write:
        put(
            asked.write,
            text,
            (BEGIN, END),
            "Viewshed",
            "python benchmarks/viewshed.py --country --write docs/validation.md",
        )


if __name__ == "__main__":
    main()
