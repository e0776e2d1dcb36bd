"""The panel of one case: what is known of it, what happened, and the actions that its state and the operator's role
allow."""
