"""The engine: elements, actions and runs. It knows nothing of the business."""
