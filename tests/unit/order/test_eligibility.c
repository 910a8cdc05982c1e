/* SPDX-License-Identifier: Apache-2.0 */
/* Eligibility: each reason by its own fixture, and all of them at once. Unit test of order/eligibility.c. */
#include <stdio.h>
#include <string.h>

#include "order/eligibility.h"
#include "rig.h"

static struct se_profile profile;

static int make_profile(void **state)
{
    json_t *o = rig_uicc();
    enum tsm_err e = profile_read(o, &profile);
    (void)state;
    json_decref(o);
    return e == TSM_OK ? 0 : -1;
}

/* Fit by a hair: all memory that is left is asked for, and the certificate is there. */
static struct eligibility_facts fit(void)
{
    return (struct eligibility_facts){
        .profile = &profile, .state = SE_ACTIVE, .needed = 60000, .booked = 5536, .certified = true};
}

static void an_element_that_has_all_is_fit(void **state)
{
    struct eligibility_facts f = fit();
    struct eligibility e = {.n = 9};
    (void)state;
    assert_int_equal(profile.memory, f.needed + f.booked);
    eligibility_judge(&f, &e);
    assert_int_equal(e.n, 0);
}

static void only(const struct eligibility_facts *f, enum eligibility_reason reason)
{
    struct eligibility e;
    eligibility_judge(f, &e);
    assert_int_equal(e.n, 1);
    assert_int_equal(e.reason[0], reason);
}

static void each_reason_has_its_own_fact(void **state)
{
    struct eligibility_facts f = fit();
    struct se_profile other = profile;
    (void)state;
    f.state = SE_LOCKED;
    only(&f, REASON_SE_LOCKED);
    f.state = SE_TERMINATED;
    only(&f, REASON_SE_TERMINATED);
    f = fit();
    f.needed++;
    only(&f, REASON_NOT_ENOUGH_SPACE);
    f = fit();
    f.booked++;
    only(&f, REASON_NOT_ENOUGH_SPACE);
    f = fit();
    f.profile = &other;
    other.certificate[0] = 0;
    only(&f, REASON_NOT_CERTIFIED);
    f.certified = false; /* nobody asks for one */
    other.ssd_module_len = 0;
    only(&f, REASON_SSD_NOT_SUPPORTED);
    f.wants_dap = true;
    other = profile;
    other.no_dap = 1;
    only(&f, REASON_DAP_NOT_SUPPORTED);
    other.no_dap = 0;
    snprintf(other.name, sizeof other.name, "%s", PROFILE_UNIDENTIFIED);
    only(&f, REASON_NOT_IDENTIFIED);
}

/* What a flag or a word says against the element. */
static void each_fact_around_the_element_is_a_reason(void **state)
{
    static const enum eligibility_reason subscription[] = {
        [SUBSCRIPTION_SUSPENDED] = REASON_SUBSCRIPTION_SUSPENDED,
        [SUBSCRIPTION_RESTRICTED] = REASON_SUBSCRIPTION_RESTRICTED,
        [SUBSCRIPTION_TERMINATED] = REASON_SUBSCRIPTION_TERMINATED};
    static const enum eligibility_reason device[] = {[DEVICE_LOST] = REASON_DEVICE_LOST,
                                                     [DEVICE_STOLEN] = REASON_DEVICE_STOLEN,
                                                     [DEVICE_NO_NFC] = REASON_DEVICE_WITHOUT_NFC,
                                                     [DEVICE_UNSUPPORTED] = REASON_DEVICE_NOT_SUPPORTED};
    struct eligibility_facts f;
    (void)state;
    for (int i = SUBSCRIPTION_SUSPENDED; i <= SUBSCRIPTION_TERMINATED; i++) {
        f = fit();
        f.subscription = (enum se_subscription)i;
        only(&f, subscription[i]);
    }
    for (int i = DEVICE_LOST; i <= DEVICE_UNSUPPORTED; i++) {
        f = fit();
        f.device = (enum se_device)i;
        only(&f, device[i]);
    }
    f = fit();
    f.no_flavor = true;
    only(&f, REASON_TECHNICAL_INCOMPATIBILITY);
    f = fit();
    f.shut_out = true;
    only(&f, REASON_NOT_ALLOWED);
    f = fit();
    f.aid_taken = true;
    only(&f, REASON_LONG_AID_ALREADY_EXISTS);
    f = fit();
    f.state = SE_CLOSED;
    only(&f, REASON_SE_CLOSED);
}

static void all_reasons_are_told_at_once(void **state)
{
    struct se_profile none = {.memory = 0};
    struct eligibility_facts f = {.profile = &none, .state = SE_LOCKED, .needed = 1, .certified = true};
    struct eligibility e;
    (void)state;
    eligibility_judge(&f, &e);
    assert_int_equal(e.n, 4);
    for (size_t i = 0; i < e.n; i++)
        for (size_t k = i + 1; k < e.n; k++)
            assert_int_not_equal(e.reason[i], e.reason[k]);
}

static void every_reason_has_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(eligibility_reason_text((enum eligibility_reason)i),
                                    eligibility_reason_text((enum eligibility_reason)k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_element_that_has_all_is_fit),
        cmocka_unit_test(each_reason_has_its_own_fact),
        cmocka_unit_test(each_fact_around_the_element_is_a_reason),
        cmocka_unit_test(all_reasons_are_told_at_once),
        cmocka_unit_test(every_reason_has_a_sentence_of_its_own),
    };
    return cmocka_run_group_tests_name("eligibility", tests, make_profile, NULL);
}
