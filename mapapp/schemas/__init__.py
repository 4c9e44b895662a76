"""The shapes of the API's answers (and of long questions), a module per subject: for its description and for those
who build them."""
