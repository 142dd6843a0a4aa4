"""What became of changes: how long their lines lived, who reworked, undid or fixed them."""
