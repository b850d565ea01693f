/* Tensors from rows that lie elsewhere: a part of another tensor, or a list of series. */
#include "lua/binding.h"

#include <string.h>

/* gather(tensor, { row numbers }): a new tensor of those rows, in that order */
static int gather(lua_State *L) {
    const totlua_tensor *from = totlua_check_tensor(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    size_t shape[TOTLUA_MAX_RANK];
    memcpy(shape, from->shape, sizeof shape);
    shape[0] = lua_rawlen(L, 2);
    const size_t rows = from->shape[0], stride = rows == 0 ? 0 : from->count / rows;
    totlua_tensor *to = totlua_new_tensor(L, from->rank, shape);
    for (size_t k = 0; k < shape[0]; k++) {
        lua_rawgeti(L, 2, (lua_Integer)k + 1);
        const lua_Integer row = luaL_checkinteger(L, -1);
        if (row < 1 || (size_t)row > rows)
            return luaL_error(L, "row %I out of range, the tensor has %I", row, (lua_Integer)rows);
        memcpy(to->data + k * stride, from->data + (size_t)(row - 1) * stride,
               stride * sizeof(float));
        lua_pop(L, 1);
    }
    return 1;
}

/* stack({ series }): a tensor of which each is a row */
static int stack(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t shape[] = {lua_rawlen(L, 1), 0};
    if (shape[0] > 0) {
        lua_rawgeti(L, 1, 1);
        shape[1] = totlua_check_series(L, -1)->count;
        lua_pop(L, 1);
    }
    totlua_tensor *to = totlua_new_tensor(L, 2, shape);
    for (size_t k = 0; k < shape[0]; k++) {
        lua_rawgeti(L, 1, (lua_Integer)k + 1);
        const totlua_series *row = totlua_check_series(L, -1);
        if (row->count != shape[1])
            return luaL_error(L, "series %I has %I elements, the first %I", (lua_Integer)k + 1,
                              (lua_Integer)row->count, (lua_Integer)shape[1]);
        for (size_t j = 0; j < shape[1]; j++)
            to->data[k * shape[1] + j] = (float)row->data[j];
        lua_pop(L, 1);
    }
    return 1;
}

static const luaL_Reg functions[] = {{"gather", gather}, {"stack", stack}, {NULL, NULL}};

void totlua_open_gather(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
