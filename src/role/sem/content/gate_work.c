/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's gate before a work: in its first turn, while no lock is held. Stations 4 and 6. Role.
 * [capability S18] */
#include <string.h>

#include "base/hex.h"
#include "role/sem/work.h"

enum { DESCRIPTOR_MAX = 65535 + 3 };

/* What stays at home when the file is loaded, but is judged with it. None is a finding of the gate. */
static enum tsm_err read_descriptor(const json_t *file, struct job *job, struct bytes *out)
{
    const char *text = json_member(file, "descriptor");
    size_t n = strlen(text) / 2;
    uint8_t *room = arena_get(&job->arena, n + 1);
    NEED(n <= DESCRIPTOR_MAX, TOO_LONG);
    NEED(room != NULL, NO_MEMORY);
    if (hex_read(text, room, n, &n) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "descriptor", "the descriptor is no hexadecimal text");
    *out = BYTES_OF(room, n);
    return TSM_OK;
}

enum tsm_err content_gate(struct turn *t, struct job *job)
{
    struct gate_file f = {.owner = job->party,
                          .provider = t->domain.holder,
                          .se = t->el.id,
                          .profile = &t->el.profile,
                          .package = t->facts.package_aid,
                          .hash = t->facts.load_hash,
                          .content = t->facts.load_file};
    if (f.content.len == 0 || job->progress.len || job->answer.len)
        return TSM_OK;
    if (t->own.content)
        f.descriptor = BYTES_OF(t->own.descriptor, t->own.descriptor_len);
    else
        TRY(read_descriptor(json_object_get(t->body, "load_file"), job, &f.descriptor));
    return owner_gate_judge(t->sem->c.store, &f, &t->gate);
}
