"""What a network of radars and batteries sees and defends, as rasters and as shares of an area."""
