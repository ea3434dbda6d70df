package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The partitions of the API, with a guess where a name is not known. */
final class Partitions {
    static final String PATH = "/v1/partitions";

    private final ApiClient api;

    Partitions(ApiClient api) {
        this.api = api;
    }

    /** The path of one partition, or of what is below it. */
    static String path(PartitionName name, String... below) {
        return PATH + "/" + name + (below.length == 0 ? "" : "/" + String.join("/", below));
    }

    /** All of them, however many pages that takes, as the API's body. */
    Json.Obj all() {
        return new Json.Obj(Map.of(
                "partitions", new Json.Array(api.pages(PATH, "partitions").toList())));
    }

    List<PartitionStatus> list() {
        return ApiClient.decode(Reply.Partitions.class, all()).partitions();
    }

    Optional<PartitionStatus> find(PartitionName name) {
        return list().stream().filter(each -> each.name().equals(name)).findFirst();
    }

    PartitionStatus status(PartitionName name) {
        return decode(show(name));
    }

    Json show(PartitionName name) {
        return guessing(name, () -> api.get(path(name)));
    }

    static PartitionStatus decode(Json json) {
        return ApiClient.decode(PartitionStatus.class, json);
    }

    /** Does something with a partition; where there is none of that name, the refusal names the nearest one. */
    <T> T guessing(PartitionName name, Supplier<T> request) {
        try {
            return request.get();
        } catch (Refusal e) {
            throw e.problem().code() == ProblemCode.NOT_FOUND ? withGuess(name, e) : e;
        }
    }

    private Refusal withGuess(PartitionName name, Refusal refusal) {
        Problem problem = refusal.problem();
        List<String> names;
        try {
            names = list().stream().map(each -> each.name().value()).toList();
        } catch (Refusal e) {
            return refusal;
        }
        Optional<String> remedy = NearestWord.of(name.value(), names)
                .map(nearest -> "did you mean " + nearest + "?")
                .or(() -> names.isEmpty()
                        ? Optional.of("there are no partitions yet; 'bulkhead define' makes one")
                        : Optional.of("there are " + String.join(", ", names)))
                .or(problem::remedy);
        return new Refusal(new Problem(problem.code(), problem.detail(), remedy, problem.holders()), refusal);
    }
}
