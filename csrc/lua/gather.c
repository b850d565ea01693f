/* Picks rows of a tensor: the batches of a data set that lies in memory. */
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

static const luaL_Reg functions[] = {{"gather", gather}, {NULL, NULL}};

void totlua_open_gather(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
