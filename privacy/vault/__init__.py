"""The keys of the sealed fields, in a database of their own (design, decision 7).

    secret.py   bytes that cannot be printed, copied or pickled
    kms.py      wraps and unwraps keys with the master key
    models.py   the tables of the `vault` database; router.py keeps them there
    keys.py     make, fetch, destroy the key of a person; the key of the blind indexes
    ring.py     the keys a unit of work has in hand
    seal.py     the envelope: AES-256-GCM with field and row as associated data
    startup.py  refuses a wrong master key, and a vault that belongs to another database

`privacy/fields.py` is what the other floors use.
"""
