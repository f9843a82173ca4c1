"""Pure functions on floats and arrays: SI, radians, no objects, no errors of ours, no random draw.

face     the public, vectorised function of NumPy and SciPy (`radar`, `detection`, `terrain`, ...)
kernel   its compiled scalar twin for the engine's loop (`kernels`); a test holds the two together
"""
