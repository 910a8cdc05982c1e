/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: SMS-DELIVER and SMS-SUBMIT. What is read must be written again, octet by octet the same. */
#include "fuzz.h"

#include <stdlib.h>

#include "ota/sms/tpdu.h"

const char *const fuzz_seeds[] = {
    "400881214365877FF622705200000000250270000020"
    "1506193535B00011AE733256918D050B87C94FBFE12E4DC402F262C41CF67F2F",
    "000491214300002270520000000005E8329BFD06",
    "4100038119F000F60502710000AA",
    "5905039119F000F6A70502710000AA",
    "5905039119F000F6010203040506070502710000AA",
    NULL,
};

static void must_be(const struct writer *w, struct bytes in)
{
    if (!bytes_equal(written(w), in))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct sms_deliver deliver;
    struct sms_submit submit;
    uint8_t out[256];
    struct writer w = WRITER(out);
    if (sms_deliver_read(in, &deliver) == TSM_OK && deliver.ud.octets.len <= SMS_UD_MAX) {
        if (sms_deliver_write(&deliver, &w) != TSM_OK)
            abort();
        must_be(&w, in);
    }
    w = WRITER(out);
    if (sms_submit_read(in, &submit) == TSM_OK) {
        if (sms_submit_write(&submit, &w) != TSM_OK)
            abort();
        must_be(&w, in);
    }
    return 0;
}
