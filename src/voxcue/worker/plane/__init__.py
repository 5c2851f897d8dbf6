"""The parts of the local control plane; `voxcue.worker.localplane` is the door.

`job` is one job, `ledger` what the platform knows and decides, `routes` the protocol over HTTP, and `webhook`
tells who asked to be told. Everything happens in one event loop: no locks, no polling, nothing on disk.
"""
