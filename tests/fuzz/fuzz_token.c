/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what a token service provider answers, and what a party says of one. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "role/sp/token/message.h"

const char *const fuzz_seeds[] = {
    /* {"status":"declined","reason":"no"} */
    "7B22737461747573223A226465636C696E6564222C22726561736F6E223A226E6F227D",
    /* {"status":"active","reference":"A1","card":"e.."} */
    "7B22737461747573223A22616374697665222C227265666572656E6365223A224131222C2263617264223A22652E2E227D",
    /* {"url":"https://h/v1","certificate":"x","jwk":{}} */
    "7B2275726C223A2268747470733A2F2F682F7631222C226365727469666963617465223A2278222C226A776B223A7B7D7D",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct token_answer answer;
    TOKEN_PROVIDER provider = {.document = NULL};
    if (token_answer_read(BYTES_OF(data, size), &answer) == TSM_OK && answer.status != TOKEN_DECLINED &&
        (!answer.reference[0] || strpbrk(answer.reference, "/?#. ")))
        abort();
    (void)token_provider_read(BYTES_OF(data, size), &provider);
    return 0;
}
