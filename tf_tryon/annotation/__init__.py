"""From a photo alone to what the nets need: parsing, keypoints, and how sure they are."""
