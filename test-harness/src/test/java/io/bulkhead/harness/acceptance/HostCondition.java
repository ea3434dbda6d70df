package io.bulkhead.harness.acceptance;

import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides for {@link RequiresHost} and {@link NotInTheLab}. */
final class HostCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<AnnotatedElement> element = context.getElement();
        Optional<NotInTheLab> not = AnnotationSupport.findAnnotation(element, NotInTheLab.class);
        if (not.isPresent() && ThisHost.isDisposable()) {
            return ConditionEvaluationResult.disabled(
                    "not in the lab: " + not.get().value());
        }
        List<String> missing = AnnotationSupport.findAnnotation(element, RequiresHost.class)
                .map(ThisHost::lacks)
                .orElse(List.of());
        return missing.isEmpty()
                ? ConditionEvaluationResult.enabled("this host has what is needed")
                : ConditionEvaluationResult.disabled("needs " + String.join(" and ", missing));
    }
}
