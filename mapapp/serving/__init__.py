"""How requests reach the application: the server hands them over on one thread, what lies ready is answered there at
once, and everything else waits for its body and then for its turn before it goes to a thread that works.

Python runs one thing at a time: threads that each take a request only stand in each other's way (measured: two of them
answer a quarter less than one). So one thread hears everybody, and one works.
"""
