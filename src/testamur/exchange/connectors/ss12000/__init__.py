"""Reading a roster from a system that speaks SS 12000. What we tell others in it is the API's business."""
