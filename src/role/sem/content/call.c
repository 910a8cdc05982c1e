/* SPDX-License-Identifier: Apache-2.0 */
/* What a provider's call says of content: one load file and the applications that are made from it. Station
 * 6. Role. */
#include <string.h>

#include "base/hex.h"
#include "order/manage/authority.h"
#include "role/sem/work.h"

enum { LOAD_FILE_MAX = 65535, DAP_MAX = 512, PARAMETERS_MAX = 127 };

enum tsm_err load_file_read_member(struct turn *t, struct arena *arena)
{
    const json_t *file = json_object_get(t->body, "load_file");
    uint8_t *package = arena_get(arena, 16), *hash = arena_get(arena, 32), *bytes, *dap;
    struct plan_facts *f = &t->facts;
    size_t n;
    NEED(package && hash, NO_MEMORY);
    TRY(json_member_hex(file, "package", package, 16, &n));
    f->package_aid = BYTES_OF(package, n);
    if (json_object_get(file, "hash")) {
        TRY(json_member_hex(file, "hash", hash, 32, &n));
        f->load_hash = BYTES_OF(hash, n);
    }
    TRY(own_file_room(t, arena));
    if (json_object_get(file, "content")) {
        bytes = arena_get(arena, LOAD_FILE_MAX);
        NEED(bytes != NULL, NO_MEMORY);
        TRY(json_member_hex(file, "content", bytes, LOAD_FILE_MAX, &n));
        f->load_file = BYTES_OF(bytes, n);
    }
    if (json_object_get(file, "dap")) {
        dap = arena_get(arena, DAP_MAX);
        NEED(dap != NULL, NO_MEMORY);
        TRY(json_member_hex(file, "dap", dap, DAP_MAX, &n));
        f->dap_blocks = BYTES_OF(dap, n);
    }
    return TSM_OK;
}

static enum tsm_err read_privileges(const json_t *app, struct plan_application *a)
{
    uint32_t asked = 0;
    size_t n;
    TRY(json_member_hex(app, "privileges", a->privileges, sizeof a->privileges, &n));
    TRY(privileges_read(BYTES_OF(a->privileges, n), &asked));
    if (asked & ~(uint32_t)APPLICATION_PRIVILEGES)
        return FAIL_FIELD(NOT_ALLOWED, "privileges",
                          "an application gets no privileges %06X: ask for those of applications alone",
                          asked & ~(uint32_t)APPLICATION_PRIVILEGES);
    return TSM_OK;
}

static enum tsm_err read_application(const json_t *app, struct arena *arena, struct plan_application *a)
{
    TRY(json_member_hex(app, "instance", a->instance, sizeof a->instance, &a->instance_len));
    if (json_object_get(app, "module"))
        TRY(json_member_hex(app, "module", a->module, sizeof a->module, &a->module_len));
    if (json_object_get(app, "privileges"))
        TRY(read_privileges(app, a));
    if (json_member(app, "parameters")[0]) {
        uint8_t *room = arena_get(arena, PARAMETERS_MAX);
        size_t n;
        NEED(room != NULL, NO_MEMORY);
        TRY(json_member_hex(app, "parameters", room, PARAMETERS_MAX, &n));
        a->parameters = BYTES_OF(room, n);
    }
    a->unselectable = json_is_true(json_object_get(app, "unselectable"));
    return TSM_OK;
}

enum tsm_err applications_read(struct turn *t, struct arena *arena)
{
    const json_t *app;
    struct plan_facts *f = &t->facts;
    size_t i;
    json_array_foreach(json_object_get(t->body, "applications"), i, app)
    {
        if (i >= PLAN_APPLICATIONS_MAX)
            return FAIL_FIELD(TOO_LONG, "applications", "more than %d applications", PLAN_APPLICATIONS_MAX);
        TRY(read_application(app, arena, &f->applications[i]));
        f->n_applications = i + 1;
    }
    return TSM_OK;
}

/* A library has no applications. */
enum tsm_err content_read(struct turn *t, struct arena *arena)
{
    TRY(load_file_read_member(t, arena));
    t->facts.keeps_domain = json_is_true(json_object_get(t->body, "more"));
    return applications_read(t, arena);
}
