/* SPDX-License-Identifier: Apache-2.0 */
/* Codes passed on and decisions given, as a bank's back office would. Pure but for standard output. */
#include "bank/listen/hook.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 16 };

static bool is_event(const json_t *event, const char *name)
{
    const char *text = json_string_value(json_object_get(event, "event"));
    return text && !strcmp(text, name);
}

void hook_print_code(const json_t *event)
{
    const char *order = json_string_value(json_object_get(event, "order")),
               *code = json_string_value(json_object_get(event, "code"));
    if (!is_event(event, "activation-code") || !order || !code)
        return;
    printf("activation code of order %s: %s\n", order, code);
    fflush(stdout);
}

bool hook_decide(const char **words, const json_t *event, char answer[HOOK_ANSWER_MAX])
{
    char word[WORD_MAX] = "approve";
    if (!is_event(event, "activation"))
        return false;
    if (*words) {
        size_t n = strcspn(*words, ",");
        snprintf(word, sizeof word, "%.*s", n < WORD_MAX ? (int)n : WORD_MAX - 1, *words);
        if ((*words)[n] == ',')
            *words += n + 1;
    }
    snprintf(answer, HOOK_ANSWER_MAX, "{\"decision\":\"%s\",\"reason\":\"the laboratory's bank says so\"}",
             word);
    return true;
}
