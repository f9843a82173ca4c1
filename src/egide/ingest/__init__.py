"""In: terrain, polygons, recorded traffic. Every mistake in a file is a ScenarioError that names it and the mend."""
