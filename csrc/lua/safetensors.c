/* Files of named tensors. */
#include "lua/binding.h"

#include <stdlib.h>
#include <string.h>

#include "io/safetensors.h"

/* An open file as an object, because making the results from it may raise. */
#define FILE_CLASS "totality.TensorFile"

static int by_key(const void *a, const void *b) {
    return strcmp(((const tot_safetensors_entry *)a)->key, ((const tot_safetensors_entry *)b)->key);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const tot_safetensor *)a)->name, ((const tot_safetensor *)b)->name);
}

static size_t count_named(lua_State *L, int table) {
    size_t count = 0;
    luaL_checktype(L, table, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1), count++)
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "a table with names expected");
    return count;
}

/* save_tensors(path, { name = tensor }, { key = "value" }): true; or nil, message. Names and keys
 * are written in order, so that equal contents give equal files. */
static int save_tensors(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    tot_error error;
    const size_t count = count_named(L, 2), entry_count = count_named(L, 3);
    tot_safetensor *tensors = lua_newuserdatauv(L, (count + 1) * sizeof *tensors, 0);
    tot_safetensors_entry *entries = lua_newuserdatauv(L, (entry_count + 1) * sizeof *entries, 0);
    size_t k = 0;
    /* names, tensors and strings are the tables', which stay on the stack */
    for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1), k++) {
        const totlua_tensor *tensor = totlua_check_tensor(L, -1);
        tensors[k] = (tot_safetensor){
            .name = lua_tostring(L, -2), .rank = tensor->rank, .data = tensor->data};
        memcpy(tensors[k].shape, tensor->shape, sizeof tensor->shape);
    }
    k = 0;
    for (lua_pushnil(L); lua_next(L, 3) != 0; lua_pop(L, 1), k++)
        entries[k] = (tot_safetensors_entry){lua_tostring(L, -2), luaL_checkstring(L, -1)};
    qsort(tensors, count, sizeof *tensors, by_name);
    qsort(entries, entry_count, sizeof *entries, by_key);
    const tot_status status =
        tot_safetensors_write(path, tensors, count, entries, entry_count, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushboolean(L, 1);
    return 1;
}

static int close_file(lua_State *L) {
    tot_safetensors **file = luaL_checkudata(L, 1, FILE_CLASS);
    tot_safetensors_free(*file);
    *file = NULL;
    return 0;
}

/* load_tensors(path): { name = tensor }, { key = "value" }; or nil, message */
static int load_tensors(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    tot_safetensors **file = lua_newuserdatauv(L, sizeof *file, 0);
    tot_error error;
    *file = NULL;
    luaL_setmetatable(L, FILE_CLASS);
    tot_status status = tot_safetensors_read(path, file, &error);
    for (size_t k = 0; status == TOT_OK && k < (*file)->tensor_count; k++)
        if ((*file)->tensors[k].rank < 1 || (*file)->tensors[k].rank > TOTLUA_MAX_RANK)
            status = tot_fail(&error, TOT_ERROR_FORMAT,
                              "%s: tensor '%s' has %zu dimensions, 1 to %d were expected", path,
                              (*file)->tensors[k].name, (*file)->tensors[k].rank, TOTLUA_MAX_RANK);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_newtable(L);
    for (size_t k = 0; k < (*file)->tensor_count; k++) {
        const tot_safetensor *from = &(*file)->tensors[k];
        totlua_tensor *tensor = totlua_new_tensor(L, from->rank, from->shape);
        memcpy(tensor->data, from->data, from->count * sizeof(float));
        lua_setfield(L, -2, from->name);
    }
    lua_newtable(L);
    for (size_t k = 0; k < (*file)->entry_count; k++) {
        lua_pushstring(L, (*file)->entries[k].value);
        lua_setfield(L, -2, (*file)->entries[k].key);
    }
    tot_safetensors_free(*file);
    *file = NULL;
    return 2;
}

static const luaL_Reg file_methods[] = {{NULL, NULL}};
static const luaL_Reg file_metamethods[] = {{"__gc", close_file}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"save_tensors", save_tensors}, {"load_tensors", load_tensors}, {NULL, NULL}};

void totlua_open_safetensors(lua_State *L) {
    totlua_new_class(L, FILE_CLASS, file_methods, file_metamethods);
    luaL_setfuncs(L, functions, 0);
}
