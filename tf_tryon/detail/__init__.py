"""Training the detail network: windows of photos and of what a texture stage makes of them, and the steps."""
