"""The worker for serverless platforms: jobs in, results out, and what keeps it alive between them."""
