"""Photos: what is known of one, its sizes, and how the desk and readers get it. The pixels stay behind the gate."""
