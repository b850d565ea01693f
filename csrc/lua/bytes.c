/* Tensors as strings of bytes, and checksums of strings: what files of images need. */
#include "lua/binding.h"

#include <stdint.h>
#include <zlib.h>

#include "base/memory.h"
#include "image/grey.h"

/* to_bytes(tensor): a string with a byte for each element, 0 to 1 becomes 0 to 255 */
static int to_bytes(lua_State *L) {
    const totlua_tensor *self = totlua_check_tensor(L, 1);
    luaL_Buffer buffer;
    unsigned char *grey = (unsigned char *)luaL_buffinitsize(L, &buffer, self->count);
    tot_grey_from_pixels(self->data, self->count, grey);
    luaL_pushresultsize(&buffer, self->count);
    return 1;
}

/* from_bytes(string, d1 [, d2 [, d3 [, d4]]]): the tensor of these dimensions */
static int from_bytes(lua_State *L) {
    size_t length, count = 1, shape[TOTLUA_MAX_RANK];
    const unsigned char *grey = (const unsigned char *)luaL_checklstring(L, 1, &length);
    const int rank = lua_gettop(L) - 1;
    luaL_argcheck(L, rank >= 1 && rank <= TOTLUA_MAX_RANK, 2, "1 to 4 dimensions expected");
    for (int k = 0; k < rank; k++) {
        shape[k] = totlua_check_size(L, k + 2);
        luaL_argcheck(L, tot_multiply_sizes(count, shape[k], &count), k + 2, "size out of range");
    }
    luaL_argcheck(L, count == length, 1, "as many bytes as elements expected");
    tot_grey_to_pixels(grey, count, totlua_new_tensor(L, (size_t)rank, shape)->data);
    return 1;
}

/* crc32(string [, previous]): the CRC-32 of zlib and PNG; with that of what stands before */
static int checksum(lua_State *L) {
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    const lua_Integer previous = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, previous >= 0 && previous <= UINT32_MAX, 2, "a CRC-32 expected");
    lua_pushinteger(L, (lua_Integer)crc32_z((uLong)previous, (const Bytef *)bytes, length));
    return 1;
}

static const luaL_Reg functions[] = {
    {"to_bytes", to_bytes}, {"from_bytes", from_bytes}, {"crc32", checksum}, {NULL, NULL}};

void totlua_open_bytes(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
