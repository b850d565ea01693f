/* Reading light curves from text. */
#include "lua/binding.h"

#include <string.h>

#include "io/text_table.h"

#define CLASS                                                                                      \
    "totality.TextTable" /* never leaves this file: it frees the table when Lua raises             \
                          */

static int release(lua_State *L) {
    tot_text_table_free(luaL_checkudata(L, 1, CLASS));
    return 0;
}

static tot_column check_column(lua_State *L, int index) {
    tot_column column = {NULL, 0};
    if (lua_isinteger(L, index))
        column.number = totlua_check_size(L, index);
    else
        column.name = luaL_optstring(L, index, NULL);
    return column;
}

static void push_copy(lua_State *L, const double *data, size_t count) {
    totlua_series *series = totlua_new_series(L, count);
    if (count > 0)
        memcpy(series->data, data, count * sizeof *data);
}

/* read_text_table(path, axis, quantity, x, value, error), columns by name or number or nil:
 * x, value, error or nil, axis, quantity, number of rows without measurement; or nil, message */
static int read_text_table(lua_State *L) {
    static const char *const axes[] = {"guess", "time", "phase", NULL}; /* as tot_axis */
    static const char *const quantities[] = {"guess", "flux", "magnitude", "relative_flux",
                                             NULL}; /* as tot_quantity */
    const char *path = luaL_checkstring(L, 1);
    const tot_table_request request = {
        .axis = (tot_axis)luaL_checkoption(L, 2, "guess", axes),
        .quantity = (tot_quantity)luaL_checkoption(L, 3, "guess", quantities),
        .x = check_column(L, 4),
        .value = check_column(L, 5),
        .error = check_column(L, 6),
    };
    tot_text_table *table = lua_newuserdatauv(L, sizeof *table, 0);
    *table = (tot_text_table){0};
    luaL_setmetatable(L, CLASS);
    tot_error error;
    const tot_status status = tot_text_table_read(path, &request, table, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_copy(L, table->x, table->count);
    push_copy(L, table->value, table->count);
    if (table->error != NULL)
        push_copy(L, table->error, table->count);
    else
        lua_pushnil(L);
    lua_pushstring(L, axes[table->axis]);
    lua_pushstring(L, quantities[table->quantity]);
    lua_pushinteger(L, (lua_Integer)table->skipped);
    tot_text_table_free(table); /* now, not when the collector gets to it */
    return 6;
}

static const luaL_Reg methods[] = {{NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", release}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"read_text_table", read_text_table}, {NULL, NULL}};

void totlua_open_text_table(lua_State *L) {
    totlua_new_class(L, CLASS, methods, metamethods);
    luaL_setfuncs(L, functions, 0);
}
