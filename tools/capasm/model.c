/* SPDX-License-Identifier: Apache-2.0 */
/* Look-ups in capasm's package model by source name (build tool, pure). */
#include <string.h>

#include "capasm.h"

int import_index(const struct package *p, const char *name)
{
    for (size_t i = 0; i < p->import_count; i++)
        if (strcmp(p->imports[i].name, name) == 0)
            return (int)i;
    return -1;
}

int class_index(const struct package *p, const char *name)
{
    for (size_t i = 0; i < p->class_count; i++)
        if (strcmp(p->classes[i].name, name) == 0)
            return (int)i;
    return -1;
}

const struct external *external_find(const struct package *p, const char *name)
{
    for (size_t i = 0; i < p->external_count; i++)
        if (strcmp(p->externals[i].name, name) == 0)
            return &p->externals[i];
    return NULL;
}

const struct method *method_find(const struct package *p, const char *name)
{
    for (size_t i = 0; i < p->method_count; i++)
        if (strcmp(p->methods[i].name, name) == 0)
            return &p->methods[i];
    return NULL;
}
