/* safetensors files as Lua tables: tensors by name, and the metadata. */
#include "lua/safetensors.h"

#include <stdlib.h>
#include <string.h>

static int by_key(const void *a, const void *b) {
    return strcmp(((const tot_safetensors_entry *)a)->key, ((const tot_safetensors_entry *)b)->key);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const tot_safetensor *)a)->name, ((const tot_safetensor *)b)->name);
}

/* How many fields the table has; their keys must be strings. */
static size_t count_fields(lua_State *L, int index, const char *what) {
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1), count++)
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "the %s must have names", what);
    return count;
}

const tot_safetensors_entry *totlua_check_entries(lua_State *L, int index, size_t *count) {
    luaL_checktype(L, index, LUA_TTABLE);
    *count = count_fields(L, index, "metadata");
    tot_safetensors_entry *entries = lua_newuserdatauv(L, (*count + 1) * sizeof *entries, 0);
    tot_safetensors_entry *next = entries;
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "the metadata must be strings");
        *next++ = (tot_safetensors_entry){lua_tostring(L, -2), lua_tostring(L, -1)};
    }
    qsort(entries, *count, sizeof *entries, by_key);
    return entries;
}

const tot_safetensor *totlua_check_tensors(lua_State *L, int index, size_t *count) {
    *count = 0;
    if (lua_isnoneornil(L, index))
        return NULL;
    luaL_checktype(L, index, LUA_TTABLE);
    *count = count_fields(L, index, "tensors");
    tot_safetensor *tensors = lua_newuserdatauv(L, (*count + 1) * sizeof *tensors, 0);
    tot_safetensor *next = tensors;
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1), next++) {
        const totlua_tensor *tensor = totlua_check_tensor(L, -1);
        *next = (tot_safetensor){
            .name = lua_tostring(L, -2), .rank = tensor->rank, .data = tensor->data};
        memcpy(next->shape, tensor->shape, tensor->rank * sizeof *tensor->shape);
    }
    qsort(tensors, *count, sizeof *tensors, by_name);
    return tensors;
}

/* write_tensors(path, { name = tensor }, { key = "value" }) -> true, or nil, message */
static int write_tensors(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    size_t tensor_count, entry_count;
    tot_error error;
    lua_settop(L, 3);
    const tot_safetensor *tensors = totlua_check_tensors(L, 2, &tensor_count);
    const tot_safetensors_entry *entries = totlua_check_entries(L, 3, &entry_count);
    const tot_status status =
        tot_safetensors_write(path, tensors, tensor_count, entries, entry_count, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* A file while it is copied to Lua: an object, because pushing may raise. */
#define FILE_CLASS "totality.Safetensors"

static int close_file(lua_State *L) {
    tot_safetensors **file = luaL_checkudata(L, 1, FILE_CLASS);
    tot_safetensors_free(*file);
    *file = NULL;
    return 0;
}

static void push_metadata(lua_State *L, const tot_safetensors *file) {
    lua_newtable(L);
    for (size_t k = 0; k < file->entry_count; k++) {
        lua_pushstring(L, file->entries[k].value);
        lua_setfield(L, -2, file->entries[k].key);
    }
}

static void push_tensor(lua_State *L, const tot_safetensor *from) {
    const size_t one = 1, rank = from->rank == 0 ? 1 : from->rank;
    if (rank > TOTLUA_MAX_RANK)
        luaL_error(L, "tensor '%s' has %I dimensions, at most %d are possible", from->name,
                   (lua_Integer)rank, TOTLUA_MAX_RANK);
    totlua_tensor *to = totlua_new_tensor(L, rank, from->rank == 0 ? &one : from->shape);
    memcpy(to->data, from->data, to->count * sizeof(float));
}

static int read_file(lua_State *L, int with_tensors) {
    const char *path = luaL_checkstring(L, 1);
    tot_safetensors **file = lua_newuserdatauv(L, sizeof *file, 0);
    tot_error error;
    *file = NULL;
    luaL_setmetatable(L, FILE_CLASS);
    const tot_status status = tot_safetensors_read(path, file, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    if (with_tensors) {
        lua_newtable(L);
        for (size_t k = 0; k < (*file)->tensor_count; k++) {
            push_tensor(L, &(*file)->tensors[k]);
            lua_setfield(L, -2, (*file)->tensors[k].name);
        }
    }
    push_metadata(L, *file);
    tot_safetensors_free(*file);
    *file = NULL;
    return with_tensors ? 2 : 1;
}

/* read_metadata(path) -> table of strings, or nil, message */
static int read_metadata(lua_State *L) {
    return read_file(L, 0);
}

/* read_tensors(path) -> { name = tensor }, metadata; or nil, message */
static int read_tensors(lua_State *L) {
    return read_file(L, 1);
}

static const luaL_Reg file_methods[] = {{NULL, NULL}};
static const luaL_Reg file_metamethods[] = {{"__gc", close_file}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"read_metadata", read_metadata},
                                     {"read_tensors", read_tensors},
                                     {"write_tensors", write_tensors},
                                     {NULL, NULL}};

void totlua_open_safetensors(lua_State *L) {
    totlua_new_class(L, FILE_CLASS, file_methods, file_metamethods);
    luaL_setfuncs(L, functions, 0);
}
