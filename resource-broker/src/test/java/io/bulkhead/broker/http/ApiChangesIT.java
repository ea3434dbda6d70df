package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Conditions, repetitions and operations. */
class ApiChangesIT extends ApiFixture {
    private static final PartitionName DB = new PartitionName("db");
    private static final String PATH = "/v1/partitions/db";

    private static String tag(RawClient.Answer answer) {
        return answer.header("ETag").orElseThrow();
    }

    private long orders(Class<? extends Order> kind) {
        return fake.orders().stream().filter(kind::isInstance).count();
    }

    // ---- conditions

    @Test
    void givesATagThatChangesWithWhatItStandsFor() throws Exception {
        RawClient.Answer created = put(Samples.definition("db", 1));
        RawClient.Answer shown = ask("GET", PATH, "");
        RawClient.Answer started = ask("POST", PATH + "/start", "");

        assertThat(tag(created)).matches("\"[0-9a-f]{32}\"").isEqualTo(tag(shown));
        assertThat(tag(started)).isNotEqualTo(tag(shown));
        assertThat(tag(ask("GET", PATH, ""))).isEqualTo(tag(started));
    }

    @Test
    void sendsNothingThatIsKnownAlready() throws Exception {
        String tag = tag(put(Samples.definition("db", 1)));

        RawClient.Answer known = ask("GET", PATH, "", "If-None-Match: \"x\", W/" + tag);

        assertThat(known.status()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(tag(known)).isEqualTo(tag);
        assertThat(ask("GET", PATH, "", "If-None-Match: \"x\"").status()).isEqualTo(200);
    }

    @Test
    void changesOnlyWhatIsStillAsItWasSeen() throws Exception {
        String tag = tag(put(Samples.definition("db", 1)));
        String changed = tag(put(Samples.definition("db", 2)));

        RawClient.Answer late = ask("PUT", PATH, body(Samples.definition("db", 3)), "If-Match: " + tag);

        assertThat(late.status()).isEqualTo(412);
        assertThat(late.text("code")).isEqualTo("precondition-failed");
        assertThat(late.text("detail")).contains("the partition db has the tag " + changed);
        assertThat(ask("DELETE", PATH, "", "If-Match: " + tag).status()).isEqualTo(412);
        assertThat(fake.partitions()).hasSize(1);
        assertThat(ask("DELETE", PATH, "", "If-Match: \"x\", " + changed).status())
                .isEqualTo(204);
        assertThat(ask("DELETE", PATH, "", "If-Match: *").status()).isEqualTo(412);
    }

    @Test
    void createsOnlyWhereThereIsNothing() throws Exception {
        String body = body(Samples.definition("db", 1));

        assertThat(ask("PUT", PATH, body, "If-None-Match: *").status()).isEqualTo(201);
        assertThat(ask("PUT", PATH, body, "If-None-Match: *").status()).isEqualTo(412);
        assertThat(orders(Order.DefinePartition.class)).isEqualTo(1);
    }

    @Test
    void definesWithoutTakingASlice() throws Exception {
        PartitionSpec large = Samples.definition("db", 900);

        RawClient.Answer created = ask("PUT", PATH + "?bind=false", body(large));
        RawClient.Answer changed =
                ask("PUT", PATH + "?bind=false", body(Samples.definition("db", 2)), "If-Match: " + tag(created));
        RawClient.Answer late = ask("PUT", PATH + "?bind=false", body(large), "If-Match: " + tag(created));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.text("state")).isEqualTo("defined");
        assertThat(created.json()).doesNotContainKey("slice");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(late.status()).isEqualTo(412);
        assertThat(ask("PUT", PATH, body(large)).status()).isEqualTo(409);
        assertThat(ask("POST", PATH + "/bind", "").text("state")).isEqualTo("bound");
        RawClient.Answer refused = ask("PUT", PATH + "?bind=false", body(large));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("wrong-state");
        assertThat(ask("PUT", PATH + "?bind=no", body(large)).status()).isEqualTo(400);
    }

    @Test
    void releasesOnlyWhatIsStillAsItWasSeen() throws Exception {
        String tag = tag(put(Samples.definition("db", 1)));
        put(Samples.definition("db", 2));

        assertThat(ask("POST", PATH + "/release", "", "If-Match: " + tag).status())
                .isEqualTo(412);
        assertThat(fake.partitions().get(0).slice()).isPresent();
        assertThat(ask("POST", PATH + "/release", "", "If-Match: *").status()).isEqualTo(200);
        assertThat(fake.partitions().get(0).slice()).isEmpty();
    }

    @Test
    void letsOneOfManyWhoSawTheSameSucceed() throws Exception {
        String tag = tag(put(Samples.definition("db", 1)));
        List<CompletableFuture<RawClient.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String text = body(Samples.definition("db", 2));
            answers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return ask("PUT", PATH, text, "If-Match: " + tag);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
        }

        assertThat(answers.stream().map(answer -> answer.join().status()).sorted())
                .containsExactly(200, 412, 412, 412, 412, 412, 412, 412);
    }

    // ---- repetitions

    @Test
    void carriesARepeatedRequestOutOnce() throws Exception {
        String body = body(Samples.definition("db", 1));
        RawClient.Answer first = ask("PUT", PATH, body, "Idempotency-Key: k1");
        ask("DELETE", PATH, "");

        RawClient.Answer again = ask("PUT", PATH, body, "Idempotency-Key: k1");

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(tag(again)).isEqualTo(tag(first));
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        assertThat(fake.partitions()).isEmpty();
        assertThat(ask("GET", "/v1/audit", "").body().split("\"verb\":\"define\"", -1))
                .as("each time that somebody asked, under one operation")
                .hasSize(3)
                .filteredOn(entry -> entry.contains(
                        "\"operation\":\"" + first.header("Bulkhead-Operation").orElseThrow()))
                .hasSize(2);
        RawClient.Answer other = ask("POST", PATH + "/start", "", "Idempotency-Key: k1");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text("code")).isEqualTo("key-reused");
        assertThat(ask("POST", PATH + "/start", "", "Idempotency-Key: " + "x".repeat(129))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void repeatsRefusalsThatStandAndTriesAgainWhatMayPass() throws Exception {
        assertThat(ask("POST", PATH + "/start", "", "Idempotency-Key: a").status())
                .isEqualTo(404);
        put(Samples.definition("db", 1));
        assertThat(ask("POST", PATH + "/start", "", "Idempotency-Key: a").status())
                .isEqualTo(404);

        fake.refuseNext(Order.StartPartition.class, Problem.of(ProblemCode.FAILED, "no luck"));
        assertThat(ask("POST", PATH + "/start", "", "Idempotency-Key: b").status())
                .isEqualTo(500);
        assertThat(ask("POST", PATH + "/start", "", "Idempotency-Key: b").status())
                .isEqualTo(200);
    }

    @Test
    void saysThatTheFirstOneIsStillBeingCarriedOut() throws Exception {
        put(Samples.definition("db", 1));
        fake.hold(Order.StartPartition.class);
        CompletableFuture<RawClient.Answer> first = CompletableFuture.supplyAsync(() -> {
            try {
                return ask("POST", PATH + "/start", "", "Idempotency-Key: k");
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await().until(() -> orders(Order.StartPartition.class) == 1);

        RawClient.Answer second = ask("POST", PATH + "/start", "", "Idempotency-Key: k");

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.text("detail")).contains("is being carried out");
        fake.letGo(Order.StartPartition.class);
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(ask("POST", PATH + "/start", "", "Idempotency-Key: k").status())
                .isEqualTo(200);
        assertThat(orders(Order.StartPartition.class)).isEqualTo(1);
    }

    @Test
    void makesNoSecondTokenAndTellsNoSecretTwice() throws Exception {
        RawClient.Answer made = ask("POST", "/v1/tokens", "{\"role\":\"viewer\"}", "Idempotency-Key: t");
        RawClient.Answer again = ask("POST", "/v1/tokens", "{\"role\":\"viewer\"}", "Idempotency-Key: t");

        assertThat(made.json()).containsKey("secret");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text("id")).isEqualTo(made.text("id"));
        assertThat(again.json()).doesNotContainKey("secret");
    }

    // ---- operations

    @Test
    void leavesLongWorkToItselfAndTellsOfItsSteps() throws Exception {
        put(Samples.definition("db", 1));
        fake.hold(Order.StartPartition.class);

        RawClient.Answer accepted = ask("POST", PATH + "/start", "", "Prefer: respond-async");

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Preference-Applied")).contains("respond-async");
        String place = accepted.header("Location").orElseThrow();
        assertThat(place).isEqualTo("/v1/operations/" + accepted.text("id"));
        await().until(() -> orders(Order.StartPartition.class) == 1);
        fake.record(new Event.PartitionStarting(new PartitionName("other")));
        fake.record(new Event.PartitionStarting(DB));
        RawClient.Answer step = ask("GET", place + "?wait=20&seen=0", "");
        assertThat(step.text("state")).isEqualTo("running");
        assertThat(Objects.requireNonNull(step.json().get("steps")).toString())
                .contains("\"what\":\"partition-starting\"")
                .doesNotContain("other");

        CompletableFuture<RawClient.Answer> end = askInBackground("GET", place + "?wait=20", "");
        fake.letGo(Order.StartPartition.class);
        RawClient.Answer done = end.join();
        assertThat(done.text("state")).isEqualTo("done");
        assertThat(done.json()).containsKeys("result", "endedAtMillis");
        await().untilAsserted(() -> assertThat(fake.connections()).isLessThan(4));
    }

    @Test
    void keepsTheProblemOfWorkThatFailed() throws Exception {
        RawClient.Answer accepted = ask("POST", PATH + "/stop?wait=false", "");
        RawClient.Answer failed = ask("GET", accepted.header("Location").orElseThrow() + "?wait=20", "");

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(failed.text("state")).isEqualTo("failed");
        assertThat(failed.json().get("problem"))
                .hasToString(
                        "{\"type\":\"urn:bulkhead:problem:not-found\",\"title\":\"There is no such thing\",\"status\":404,"
                                + "\"code\":\"not-found\",\"detail\":\"there is no partition 'db'\",\"holders\":[],"
                                + "\"instance\":\"/v1/operations/" + accepted.text("id") + "\"}");
    }

    @Test
    void waitsNoLongerThanItIsTold() throws Exception {
        put(Samples.definition("db", 1));
        fake.hold(Order.StartPartition.class);
        String place =
                ask("POST", PATH + "/start?wait=false", "").header("Location").orElseThrow();

        assertThat(ask("GET", place + "?wait=1", "").text("state")).isEqualTo("running");
        assertThat(ask("GET", place, "").text("state")).isEqualTo("running");
        fake.letGo(Order.StartPartition.class);
    }

    @Test
    void listsWhatIsWaitedForToo() throws Exception {
        RawClient.Answer created = put(Samples.definition("db", 1));
        ask("POST", PATH + "/start", "");

        Json.Array all = (Json.Array)
                Objects.requireNonNull(ask("GET", "/v1/operations", "").json().get("operations"));

        assertThat(all.items()).hasSize(2);
        assertThat(all.items().get(0).toString())
                .contains("\"id\":\"" + created.header("Bulkhead-Operation").orElseThrow() + "\"")
                .contains("\"verb\":\"define\"")
                .contains("\"state\":\"done\"");
    }

    @Test
    void leavesADefinitionToItselfThatMustBeNew() throws Exception {
        put(Samples.definition("db", 1));

        RawClient.Answer accepted =
                ask("PUT", PATH, body(Samples.definition("db", 2)), "Prefer: respond-async", "If-None-Match: *");
        RawClient.Answer failed = ask("GET", accepted.header("Location").orElseThrow() + "?wait=20", "");

        assertThat(Objects.requireNonNull(failed.json().get("problem")).toString())
                .contains("\"code\":\"precondition-failed\"");
    }
}
