"""A small web service on rawdb.aio: key pairs, and one transaction for a request.

    pip install 'rawdb[all]' fastapi uvicorn
    rawdb migrate upgrade --url sqlite:///cloud.db
    RAWDB_URL=sqlite:///cloud.db uvicorn examples.fastapi_app:app

A handler is a coroutine and never blocks the loop: each call runs in a thread. A request that is cut off, by its client
or by a time limit, leaves its block as by an exception: what it did is rolled back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

import rawdb
from rawdb import aio
from rawdb.context import RequestContext
from rawdb.exceptions import DBPoolTimeout, KeyPairExists, KeypairNotFound


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Close the connections at the end. They are opened when they are needed."""
    yield
    await aio.run(rawdb.dispose)


app = FastAPI(lifespan=lifespan)


async def caller(x_user: Annotated[str, Header()], x_project: Annotated[str, Header()]) -> RequestContext:
    """Who calls. A real service asks its identity service, and never believes a header."""
    return RequestContext(x_user, x_project, is_admin=False, overwrite=False)


Caller = Annotated[RequestContext, Depends(caller)]


@app.exception_handler(KeypairNotFound)
async def not_found(request: Request, error: Exception) -> JSONResponse:
    """What is not there."""
    return JSONResponse({"detail": str(error)}, status_code=404)


@app.exception_handler(KeyPairExists)
async def conflict(request: Request, error: Exception) -> JSONResponse:
    """What is there already."""
    return JSONResponse({"detail": str(error)}, status_code=409)


@app.exception_handler(DBPoolTimeout)
async def busy(request: Request, error: Exception) -> JSONResponse:
    """More requests than threads and connections, for longer than they wait."""
    return JSONResponse({"detail": "busy"}, status_code=503, headers={"Retry-After": "1"})


@app.get("/key-pairs")
async def index(context: Caller) -> list[dict[str, Any]]:
    """The caller's key pairs: one call, one round trip."""
    rows: list[dict[str, Any]] = await aio.api.key_pair_get_all_by_user(context, context.user_id)
    return rows


@app.get("/key-pairs/{name}")
async def show(context: Caller, name: str) -> dict[str, Any]:
    """One key pair."""
    row: dict[str, Any] = await aio.api.key_pair_get(context, context.user_id, name)
    return row


@app.post("/key-pairs", status_code=201)
async def create(context: Caller, names: list[str]) -> list[dict[str, Any]]:
    """Several key pairs, all or none: one transaction for the request."""
    if not names:
        raise HTTPException(422, "name at least one")
    async with aio.writer.using(context):
        return [await aio.api.key_pair_create(context, {"user_id": context.user_id, "name": name}) for name in names]


@app.put("/key-pairs/{name}")
async def rename(context: Caller, name: str, to: str) -> dict[str, Any]:
    """Another name for a key pair. Run again from its start when the server refuses it, as after a deadlock."""
    return await _rename(context, name, to)


@aio.writer
async def _rename(context: RequestContext, old: str, new: str) -> dict[str, Any]:
    row = await aio.api.key_pair_get(context, context.user_id, old)
    await aio.api.key_pair_destroy(context, context.user_id, old)
    values = {"user_id": context.user_id, "name": new, "public_key": row["public_key"]}
    renamed: dict[str, Any] = await aio.api.key_pair_create(context, values)
    return renamed
