/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: templates of personalisation profiles. The input is a template's text. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "emv/perso/template.h"

const char *const fuzz_seeds[] = {
    "373028203537287B7D20354632302829202939463830303128303029", /* 70( 57({} 5F20() )9F8001(00) */
    "373028353728303129354632302832302929",                     /* 70(57(01)5F20(20)) */
    "7B787D7B787D3030",                                         /* {x}{x}00 */
    NULL,
};

static enum tsm_err long_value(void *self, const char *name, struct writer *w)
{
    (void)self;
    return write_fill(w, 0xAA, strlen(name) * 40);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct template_source source = {.value = long_value};
    uint8_t out[512];
    struct writer w = WRITER(out);
    char *text = malloc(size + 1);
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    if (template_write(text, &source, &w) != TSM_OK && w.len != 0)
        abort();
    free(text);
    return 0;
}
