"""What waits for stewards: lists over the published register, and what people decided about single entries of them."""
