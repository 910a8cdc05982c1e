/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of a SposConfig: results are put in, one job carries them. Station 12. Role. [BSI TR-03165
 * 4.3] */
#include "role/sp/spos/queue.h"

#include "engine/mail/callback.h"

const char *const spos_state_words[SPOS_STATES + 1] = {"waiting", "taken", "given up", NULL};

enum tsm_err spos_wake(struct tx *tx, int64_t party, int64_t config, bool again)
{
    static const uint8_t no_trace[TRACE_LEN];
    struct job_new j = {.kind = JOB_CALLBACK,
                        .state = JOB_READY,
                        .party = party,
                        .se = config,
                        .ref = config,
                        .step = CALLBACK_RESULTS,
                        .trace = BYTES(no_trace),
                        .due = tx_now(tx),
                        .deadline = tx_now(tx) + SECONDS(SPOS_KEEP_S)};
    int64_t job;
    enum tsm_err e;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_SPOS_JOB_OF, config);
        job = e == TSM_OK ? db_int(&r, 0) : 0;
    }
    if (e == TSM_NOT_FOUND)
        return job_add(tx, &j, &job);
    TRY(e);
    TRY(again ? db_exec(tx, SQL_SPOS_JOB_AGAIN, config, tx_now(tx))
              : db_exec(tx, SQL_SPOS_JOB_NOW, job, tx_now(tx)));
    tx_note_of(tx, 1u << LANE_CALLBACK);
    return TSM_OK;
}

enum tsm_err spos_post(struct tx *tx, const struct spos_letter *l)
{
    int64_t id = store_id(tx_store(tx));
    TRY(db_exec(tx, SQL_SPOS_ADD, id, l->party, l->config, l->instance ? l->instance : id, l->trace,
                tx_now(tx), l->body));
    TRY(db_exec(tx, SQL_SPOS_RECEIVER_ADD, l->config, l->party));
    return spos_wake(tx, l->party, l->config, false);
}
