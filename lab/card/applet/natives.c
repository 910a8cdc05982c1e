/* SPDX-License-Identifier: Apache-2.0 */
/* The table that binds native behaviour to load files the card knows (station 10, the card's side); pure. A
 * load file with a known name but other contents gets no behaviour: the SHA-256 of its load file data block
 * decides, or that it came as the upgrade of a load file that the card knew. */
#include "card/applet/applet.h"
#include "card/applet/builtin.h"
#include "card/model/registry.h"

#ifdef LAB_HAVE_DEMO_HASH
#include "demo_hash.h"
#include "purse_hash.h"
#endif

#include <string.h>

struct native_binding {
    const char *package, *hash, *module; /* hex */
    const struct native_ops *ops;
};

#define DEMO_PACKAGE  "F04F54534D0001"
#define PURSE_PACKAGE "F04F54534D0010"

static const struct native_binding bindings[] = {
#ifdef DEMO_LFDB_SHA256
    {DEMO_PACKAGE, DEMO_LFDB_SHA256, DEMO_PACKAGE "01", &payment_ops},
    {DEMO_PACKAGE, DEMO_LFDB_SHA256, DEMO_PACKAGE "02", &ppse_ops},
    {PURSE_PACKAGE, PURSE_LFDB_SHA256, PURSE_PACKAGE "01", &purse_ops},
#endif
    {NULL, NULL, NULL, NULL},
};

static bool is_aid(const struct aid *a, const char *hex)
{
    uint8_t value[AID_MAX];
    size_t n;

    return lab_hex_read(hex, value, sizeof value, &n) && n == a->len && memcmp(a->value, value, n) == 0;
}

const struct native_ops *native_find(const struct elf *e, const struct aid *module)
{
    uint8_t hash[32];
    size_t n;

    if (e->built_in) {
        const struct native_ops *ops = builtin_find(module);

        return ops != NULL ? ops : &silent_ops;
    }
    for (const struct native_binding *b = bindings; b->package != NULL; b++) {
        if (!is_aid(&e->aid, b->package) || !is_aid(module, b->module))
            continue;
        if (e->successor)
            return b->ops;
        if (lab_hex_read(b->hash, hash, sizeof hash, &n) && n == sizeof hash && memcmp(hash, e->hash, n) == 0)
            return b->ops;
    }
    return &silent_ops;
}

static bool silent_create(struct app *a)
{
    (void)a;
    return true;
}

static void silent_destroy(struct app *a)
{
    (void)a;
}

static uint16_t silent_select(struct app *a, struct job *j)
{
    (void)a;
    (void)j;
    return SW_OK;
}

static uint16_t silent_process(struct app *a, struct job *j)
{
    (void)a;
    (void)j;
    return SW_INS_NOT_SUPPORTED;
}

const struct native_ops silent_ops = {
    .name = "unknown",
    .create = silent_create,
    .destroy = silent_destroy,
    .select = silent_select,
    .process = silent_process,
};
