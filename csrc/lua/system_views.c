/* What is derived from a totality.System beside its light curve: geometry, radial velocities, mesh,
 * picture. */
#include "lua/binding.h"

#include "binary/geometry.h"
#include "binary/mesh.h"
#include "binary/picture.h"
#include "binary/radial_velocity.h"
#include "lua/system.h"

/* NAME_1 and NAME_2 of the table on top */
static void set_pair(lua_State *L, const char *name, const double value[2]) {
    for (int k = 0; k < 2; k++) {
        lua_pushfstring(L, "%s_%d", name, k + 1);
        lua_pushnumber(L, value[k]);
        lua_settable(L, -3);
    }
}

/* geometry(system) -> table */
static int geometry(lua_State *L) {
    const tot_system_geometry g = tot_system_get_geometry(totlua_build_system(L, 1));
    lua_createtable(L, 0, 24);
    totlua_set_number(L, "omega_l1", g.critical.omega_l1);
    totlua_set_number(L, "omega_l2", g.critical.omega_l2);
    totlua_set_number(L, "x_l1", g.critical.x_l1);
    totlua_set_number(L, "x_l2", g.critical.x_l2);
    totlua_set_number(L, "x_neck", g.x_neck);
    set_pair(L, "omega", g.omega);
    set_pair(L, "volume", g.volume);
    set_pair(L, "volume_radius", g.volume_radius);
    set_pair(L, "area", g.area);
    set_pair(L, "mean_radius", g.mean_radius);
    set_pair(L, "polar_radius", g.polar_radius);
    set_pair(L, "side_radius", g.side_radius);
    set_pair(L, "back_radius", g.back_radius);
    set_pair(L, "point_radius", g.point_radius);
    return 1;
}

/* contact_volume_radii(mass_ratio, fillout) -> r1, r2 */
static int contact_volume_radii(lua_State *L) {
    tot_error error = {{0}};
    double radius[2];
    const tot_status status =
        tot_contact_volume_radii(luaL_checknumber(L, 1), luaL_checknumber(L, 2), radius, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushnumber(L, radius[0]);
    lua_pushnumber(L, radius[1]);
    return 2;
}

/* radial_velocities(system, phases, orbital_speed) -> velocities of star 1, of star 2 */
static int radial_velocities(lua_State *L) {
    tot_error error = {{0}};
    const tot_system *system = totlua_build_system(L, 1);
    const totlua_series *phases = totlua_check_series(L, 2);
    const double speed = luaL_checknumber(L, 3);
    totlua_series *first = totlua_new_series(L, phases->count);
    totlua_series *second = totlua_new_series(L, phases->count);
    const tot_status status = tot_system_radial_velocities(
        system, phases->data, phases->count, speed, first->data, second->data, &error);
    return status == TOT_OK ? 2 : totlua_failure(L, status, &error);
}

static void set_series(lua_State *L, int table, const char *name, double **data, size_t count) {
    *data = totlua_new_series(L, count)->data;
    lua_setfield(L, table, name);
}

/* mesh(system) -> table of Series; `corners` counts from 1 */
static int mesh(lua_State *L) {
    tot_error error = {{0}};
    double *corners;
    tot_mesh mesh;
    const tot_system *system = totlua_build_system(L, 1);
    tot_system_mesh_size(system, &mesh);
    lua_createtable(L, 0, 8);
    const int table = lua_gettop(L);
    set_series(L, table, "x", &mesh.x, mesh.vertices);
    set_series(L, table, "y", &mesh.y, mesh.vertices);
    set_series(L, table, "z", &mesh.z, mesh.vertices);
    set_series(L, table, "corners", &corners, TOT_FACE_CORNERS * mesh.faces);
    set_series(L, table, "star", &mesh.star, mesh.faces);
    set_series(L, table, "temperature", &mesh.temperature, mesh.faces);
    set_series(L, table, "intensity", &mesh.intensity, mesh.faces);
    set_series(L, table, "area", &mesh.area, mesh.faces);
    mesh.corners = lua_newuserdatauv(L, TOT_FACE_CORNERS * mesh.faces * sizeof *mesh.corners, 0);
    const tot_status status = tot_system_mesh(system, &mesh, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    for (size_t k = 0; k < TOT_FACE_CORNERS * mesh.faces; k++)
        corners[k] = (double)mesh.corners[k] + 1;
    lua_settop(L, table);
    return 1;
}

/* picture(system, phase, width, height, gamma) -> tensor of height x width */
static int picture(lua_State *L) {
    tot_error error = {{0}};
    const tot_system *system = totlua_build_system(L, 1);
    const double phase = luaL_checknumber(L, 2), gamma = luaL_checknumber(L, 5);
    const size_t width = totlua_check_size(L, 3), height = totlua_check_size(L, 4);
    const size_t shape[] = {height, width};
    totlua_tensor *pixels = totlua_new_tensor(L, 2, shape);
    const tot_status status =
        tot_system_picture(system, phase, width, height, gamma, pixels->data, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

static const luaL_Reg functions[] = {{"system_geometry", geometry},
                                     {"contact_volume_radii", contact_volume_radii},
                                     {"radial_velocities", radial_velocities},
                                     {"system_mesh", mesh},
                                     {"system_picture", picture},
                                     {NULL, NULL}};

void totlua_open_system_views(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
