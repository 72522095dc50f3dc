"""Films and captions: the one way in for each, and how players get them. What a video is stands in newsroom/."""
