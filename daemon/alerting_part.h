/* alerting_part: what the files of the alert engine (alerting.c, alert_find.c, alert_compose.c)
 * share. No other file includes it but the hub's own listing. Everything lies in an arena. */
#ifndef TOC_ALERTING_PART_H
#define TOC_ALERTING_PART_H

#include "engine_internal.h"
#include "store_alert_read.h"

/* The tokens that stand for one supplier: a number and the names that meet no other number; or a
 * name alone. */
struct toc_alert_cluster {
    struct toc_alert_token tokens[TOC_ALERT_PARTS_MAX];
    size_t len;
    bool by_name; /* no number: flags that give one do not count here */
    bool ambiguous;
};
/* A flag that counts for the cluster, with what it says to each token. */
struct toc_alert_voice {
    const struct toc_alert_flag *flag;
    const struct toc_sealed_detail *details[TOC_ALERT_PARTS_MAX]; /* NULL: not to this token */
    const char *council;
};
/* An alert that was sent, opened. */
struct toc_alert_opened {
    const struct toc_alert_sent *sent;
    struct toc_alert_body body;                         /* as its first part says */
    struct toc_alert_body bodies[TOC_ALERT_PARTS_MAX];  /* beside its parts */
    struct toc_alert_token tokens[TOC_ALERT_PARTS_MAX]; /* beside its parts */
    bool has_id;
};
struct toc_alert_subject {
    struct toc_alert_cluster cluster;
    struct toc_alert_voice *voices;
    size_t voices_len;
    bool waits; /* other flags name it, which do not show yet */
    struct toc_alert_opened *alerts;
    size_t alerts_len;
};

/* ---- alert_find.c ---- */
/* TOC_NOTFOUND: nothing is known of the token (any more). */
enum toc_result toc_alert_cluster_of(struct toc_engine *engine, const struct toc_token *token,
                                     struct toc_alert_cluster *ret_cluster) TOC_MUST_CHECK;
/* Flags that show now and alerts that were sent, of a cluster. */
enum toc_result toc_alert_find(struct toc_engine *engine, const struct toc_alert_cluster *cluster,
                               struct toc_alert_subject **ret_subject) TOC_MUST_CHECK;
/* Opens what was sent. TOC_NOTFOUND: its tokens are not known here (any more). */
enum toc_result toc_alert_open(struct toc_engine *engine, const struct toc_alert_sent *sent,
                               struct toc_alert_opened *ret_opened) TOC_MUST_CHECK;

/* ---- alert_compose.c ---- */
struct toc_alert_said {
    struct toc_alert_body body;                                   /* without a detail */
    const struct toc_sealed_detail *details[TOC_ALERT_PARTS_MAX]; /* NULL: none */
    unsigned councils;
    bool anything; /* some flag counts */
};
/* What the subject's alert of this event should say. `was`: the one that was sent, or NULL. */
enum toc_result toc_alert_compose(struct toc_engine *engine,
                                  const struct toc_alert_subject *subject, unsigned event,
                                  bool of_parent, const struct toc_alert_opened *was,
                                  struct toc_alert_said *ret_said) TOC_MUST_CHECK;

#endif
