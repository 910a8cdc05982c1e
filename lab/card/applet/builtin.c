/* SPDX-License-Identifier: Apache-2.0 */
/* Applications that a card can have from the factory: the services around an issuer's domain (station 10, the
 * card's side); pure; GPCS Amendment C, GPD_SPE_013, GPCS Amendment I. */
#include "card/applet/builtin.h"

#include "card/applet/applet.h"
#include "card/model/registry.h"

#include <stdio.h>
#include <string.h>

/* The module bears the name of its only instance. */
static const struct builtin {
    const char *name, *package, *instance; /* AIDs in hex */
    const struct native_ops *ops;
} builtins[] = {
    {"crs", "A000000151435253", "A00000015143525300", &crs_ops},
    {"ara-m", "A00000015141434C", "A00000015141434C00", &aram_ops},
    {"sems", "A00000015153454D53", "A00000015153454D5300000001", &sems_ops},
};

const char *card_applet_names(void)
{
    return "  crs    contactless registry service (GPCS Amendment C)\n"
           "  ara-m  access rule application master (GP Secure Element Access Control)\n"
           "  sems   runs signed scripts without a server (GPCS Amendment I, laboratory frames)\n";
}

static struct aid aid_of(const char *hex)
{
    uint8_t value[AID_MAX];
    struct aid a = {.len = 0};
    size_t n;

    if (lab_hex_read(hex, value, sizeof value, &n))
        aid_set(&a, value, n);
    return a;
}

const struct native_ops *builtin_find(const struct aid *module)
{
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        struct aid a = aid_of(builtins[i].instance);

        if (aid_same(&a, module))
            return builtins[i].ops;
    }
    return NULL;
}

static bool install(struct card *c, const struct builtin *b)
{
    struct aid package = aid_of(b->package), instance = aid_of(b->instance);
    struct elf *e = registry_taken(c, &package) ? NULL : registry_add_elf(c, &package, card_isd(c));
    struct app *a = e == NULL ? NULL : registry_add_app(c, &instance, e, 0);

    if (a == NULL)
        return false;
    e->built_in = true;
    e->version[0] = 1;
    e->module_count = 1;
    e->modules[0] = instance;
    a->module = instance;
    a->state = APP_SELECTABLE;
    if (!b->ops->create(a))
        return false;
    a->native = b->ops;
    return true;
}

static bool install_named(struct card *c, const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++)
        if (strlen(builtins[i].name) == n && memcmp(builtins[i].name, name, n) == 0)
            return install(c, &builtins[i]);
    fprintf(stderr, "card: unknown application \"%.*s\"; known are\n%s", (int)n, name, card_applet_names());
    return false;
}

bool builtin_install(struct card *c, const char *names)
{
    while (names != NULL && *names != '\0') {
        size_t n = strcspn(names, ",");

        if (!install_named(c, names, n))
            return false;
        names += n;
        names += *names == ',';
    }
    return true;
}
