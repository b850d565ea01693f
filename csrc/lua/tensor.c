/* totality.Tensor: float32 numbers in 1 to 4 dimensions, row-major. */
#include "lua/binding.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

#define CLASS "totality.Tensor"

totlua_tensor *totlua_new_tensor(lua_State *L, size_t rank, const size_t *shape) {
    size_t count = 1, bytes;
    for (size_t k = 0; k < rank; k++)
        if (!tot_multiply_sizes(count, shape[k], &count))
            luaL_error(L, "tensor: the size does not fit in memory");
    if (!tot_multiply_sizes(count, sizeof(float), &bytes) ||
        bytes > SIZE_MAX - sizeof(totlua_tensor))
        luaL_error(L, "tensor: the size does not fit in memory");
    totlua_tensor *self = lua_newuserdatauv(L, sizeof(totlua_tensor) + bytes, 0);
    self->rank = rank;
    self->count = count;
    memset(self->shape, 0, sizeof self->shape);
    memcpy(self->shape, shape, rank * sizeof *shape);
    memset(self->data, 0, bytes);
    luaL_setmetatable(L, CLASS);
    return self;
}

totlua_tensor *totlua_check_tensor(lua_State *L, int index) {
    return luaL_checkudata(L, index, CLASS);
}

/* tensor(d1 [, d2 [, d3 [, d4]]]) of zeros */
static int create(lua_State *L) {
    const int rank = lua_gettop(L);
    size_t shape[TOTLUA_MAX_RANK];
    luaL_argcheck(L, rank >= 1 && rank <= TOTLUA_MAX_RANK, 1, "1 to 4 dimensions expected");
    for (int k = 0; k < rank; k++)
        shape[k] = totlua_check_size(L, k + 1);
    totlua_new_tensor(L, (size_t)rank, shape);
    return 1;
}

/* t[k]: element k of the flat, row-major data */
static int get(lua_State *L) {
    const totlua_tensor *self = totlua_check_tensor(L, 1);
    lua_pushnumber(L, (double)self->data[totlua_check_place(L, self->count, "tensor")]);
    return 1;
}

static int set(lua_State *L) {
    totlua_tensor *self = totlua_check_tensor(L, 1);
    self->data[totlua_check_place(L, self->count, "tensor")] = (float)luaL_checknumber(L, 3);
    return 0;
}

static int length(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)totlua_check_tensor(L, 1)->count);
    return 1;
}

/* The dimensions, as several results. */
static int shape(lua_State *L) {
    const totlua_tensor *self = totlua_check_tensor(L, 1);
    for (size_t k = 0; k < self->rank; k++)
        lua_pushinteger(L, (lua_Integer)self->shape[k]);
    return (int)self->rank;
}

/* rows(first, count): a copy of that part of the first dimension; first is 1-based */
static int rows(lua_State *L) {
    const totlua_tensor *self = totlua_check_tensor(L, 1);
    const size_t first = totlua_check_size(L, 2), count = totlua_check_size(L, 3);
    luaL_argcheck(L, first >= 1 && first - 1 <= self->shape[0], 2, "row out of range");
    luaL_argcheck(L, count <= self->shape[0] - (first - 1), 3, "more rows than the tensor has");
    size_t part[TOTLUA_MAX_RANK];
    memcpy(part, self->shape, sizeof part);
    part[0] = count;
    totlua_tensor *copy = totlua_new_tensor(L, self->rank, part);
    const size_t stride = self->shape[0] == 0 ? 0 : self->count / self->shape[0];
    memcpy(copy->data, self->data + (first - 1) * stride, count * stride * sizeof(float));
    return 1;
}

/* set_rows(first, other): overwrites that part of the first dimension */
static int set_rows(lua_State *L) {
    totlua_tensor *self = totlua_check_tensor(L, 1);
    const size_t first = totlua_check_size(L, 2);
    const totlua_tensor *other = totlua_check_tensor(L, 3);
    luaL_argcheck(L, other->rank == self->rank, 3, "a tensor of other dimensions");
    for (size_t k = 1; k < self->rank; k++)
        luaL_argcheck(L, other->shape[k] == self->shape[k], 3, "a tensor of other dimensions");
    luaL_argcheck(L, first >= 1 && first - 1 <= self->shape[0], 2, "row out of range");
    luaL_argcheck(L, other->shape[0] <= self->shape[0] - (first - 1), 3, "more rows than fit");
    const size_t stride = self->shape[0] == 0 ? 0 : self->count / self->shape[0];
    memcpy(self->data + (first - 1) * stride, other->data, other->count * sizeof(float));
    return 0;
}

/* reshape(d1 [, d2 [, d3 [, d4]]]): a copy of as many elements in other dimensions */
static int reshape(lua_State *L) {
    const totlua_tensor *self = totlua_check_tensor(L, 1);
    const int rank = lua_gettop(L) - 1;
    size_t shape_of_copy[TOTLUA_MAX_RANK];
    luaL_argcheck(L, rank >= 1 && rank <= TOTLUA_MAX_RANK, 2, "1 to 4 dimensions expected");
    for (int k = 0; k < rank; k++)
        shape_of_copy[k] = totlua_check_size(L, k + 2);
    totlua_tensor *copy = totlua_new_tensor(L, (size_t)rank, shape_of_copy);
    if (copy->count != self->count)
        return luaL_error(L, "reshape: %I elements don't fill a tensor of %I",
                          (lua_Integer)self->count, (lua_Integer)copy->count);
    memcpy(copy->data, self->data, self->count * sizeof(float));
    return 1;
}

static int to_table(lua_State *L) {
    const totlua_tensor *self = totlua_check_tensor(L, 1);
    lua_createtable(L, self->count > INT32_MAX ? 0 : (int)self->count, 0);
    for (size_t k = 0; k < self->count; k++) {
        lua_pushnumber(L, (double)self->data[k]);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
    return 1;
}

static int to_string(lua_State *L) {
    const totlua_tensor *self = totlua_check_tensor(L, 1);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    luaL_addstring(&buffer, CLASS "(");
    for (size_t k = 0; k < self->rank; k++) {
        lua_pushfstring(L, k == 0 ? "%I" : " x %I", (lua_Integer)self->shape[k]);
        luaL_addvalue(&buffer);
    }
    luaL_addstring(&buffer, ", float32)");
    luaL_pushresult(&buffer);
    return 1;
}

static const luaL_Reg methods[] = {{"shape", shape},       {"rows", rows},
                                   {"set_rows", set_rows}, {"reshape", reshape},
                                   {"to_table", to_table}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__newindex", set}, {"__len", length}, {"__tostring", to_string}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"tensor", create}, {NULL, NULL}};

void totlua_open_tensor(lua_State *L) {
    totlua_new_indexed_class(L, CLASS, methods, metamethods, get);
    luaL_setfuncs(L, functions, 0);
}
