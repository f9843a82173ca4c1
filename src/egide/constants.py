"""Physical constants, SI. Nothing else: a number that describes equipment lives in the catalogue with its source."""

from typing import Final

SPEED_OF_LIGHT_M_S: Final = 299_792_458.0  # exact, SI
BOLTZMANN_J_K: Final = 1.380649e-23  # exact, SI
GRAVITY_M_S2: Final = 9.80665  # standard gravity, CGPM 1901
EARTH_MU_M3_S2: Final = 3.986004418e14  # WGS 84
EARTH_ROTATION_RAD_S: Final = 7.292115e-5  # WGS 84
EARTH_RADIUS_M: Final = 6_371_000.0  # sphere used by the horizon and ballistic models
WGS84_A_M: Final = 6_378_137.0
WGS84_F: Final = 1.0 / 298.257223563
WGS84_E2: Final = WGS84_F * (2.0 - WGS84_F)
EFFECTIVE_EARTH: Final = 4.0 / 3.0  # k factor of standard refraction, ITU-R P.453
NOISE_TEMPERATURE_K: Final = 290.0  # IEEE reference temperature T0
