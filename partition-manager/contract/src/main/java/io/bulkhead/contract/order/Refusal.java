package io.bulkhead.contract.order;

/** Carries a {@link Problem} up to the edge that tells the user. Has no stack trace's worth of news: it is an answer. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public Refusal(Problem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    public Refusal(Problem problem, Throwable cause) {
        super(problem.toString(), cause);
        this.problem = problem;
    }

    public static Refusal of(ProblemCode code, String detail) {
        return new Refusal(Problem.of(code, detail));
    }

    public static Refusal of(ProblemCode code, String detail, String remedy) {
        return new Refusal(Problem.of(code, detail, remedy));
    }

    public Problem problem() {
        return problem;
    }
}
