"""For tests of code that uses rawdb: throwaway servers, throwaway databases, a pytest plugin."""
