<?php

/**
 * Names what in the files given needs a PHP newer than 7.4, one finding a line; none, and the files run on 7.4, too.
 */

declare(strict_types=1);

require_once 'PhpParser/autoload.php';

use PhpParser\Node;

const KINDS = array(
    Node\UnionType::class,
    Node\IntersectionType::class,
    Node\AttributeGroup::class,
    Node\Stmt\Enum_::class,
    Node\Expr\Match_::class,
    Node\Expr\NullsafeMethodCall::class,
    Node\Expr\NullsafePropertyFetch::class,
    Node\Expr\Throw_::class,
    Node\VariadicPlaceholder::class,
);
const TYPES = array('mixed', 'never', 'false', 'null', 'static');
const FUNCTIONS = array('str_contains', 'str_starts_with', 'str_ends_with', 'get_debug_type', 'array_is_list');

/**
 * Say what about a node PHP 7.4 does not know, or return null.
 */
function too_new(Node $node): ?string
{
    if ($node instanceof Node\FunctionLike) {
        return new_in_signature($node);
    }
    if ($node instanceof Node\Stmt\Property || $node instanceof Node\Stmt\Class_) {
        return ($node->flags & Node\Stmt\Class_::MODIFIER_READONLY) !== 0 ? 'readonly' : null;
    }
    if ($node instanceof Node\Arg) {
        return $node->name !== null ? 'a named argument' : null;
    }
    if ($node instanceof Node\Stmt\Catch_) {
        return $node->var === null ? 'a catch without a variable' : null;
    }
    if ($node instanceof Node\Expr\FuncCall && $node->name instanceof Node\Name) {
        return in_array($node->name->toLowerString(), FUNCTIONS, true) ? $node->name->toString() : null;
    }

    return in_array(get_class($node), KINDS, true) ? $node->getType() : null;
}

function new_in_signature(Node\FunctionLike $node): ?string
{
    $types = array($node->getReturnType());
    foreach ($node->getParams() as $parameter) {
        $types[] = $parameter->type;
        if ($parameter->flags !== 0) {
            return 'a property in a constructor';
        }
    }
    foreach ($types as $type) {
        $named = $type instanceof Node\Identifier || $type instanceof Node\Name;
        if ($named && in_array($type->toLowerString(), TYPES, true)) {
            return "the type {$type->toString()}";
        }
    }

    return null;
}

/**
 * Find commas behind a last parameter, which stand in tokens alone.
 *
 * @return list<int> Lines.
 */
function trailing_commas(string $code): array
{
    $tokens = array_values(array_filter(
        token_get_all($code),
        static fn ($token): bool => !in_array($token[0], array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT), true)
    ));
    $found = array();
    $line = 0;
    $open = array();
    foreach ($tokens as $place => $token) {
        $line = is_array($token) ? $token[2] : $line;
        if ($token === '(') {
            $before = $tokens[$place - 1] ?? '';
            $named = is_array($before) && $before[0] === T_STRING && ($tokens[$place - 2][0] ?? 0) === T_FUNCTION;
            $open[] = $named || (is_array($before) && in_array($before[0], array(T_FUNCTION, T_FN, T_USE), true));
        } elseif ($token === ')' && array_pop($open) === true && $tokens[$place - 1] === ',') {
            $found[] = $line;
        }
    }

    return $found;
}

$parser = (new PhpParser\ParserFactory())->create(PhpParser\ParserFactory::PREFER_PHP7);
foreach (array_slice($argv, 1) as $file) {
    $code = (string) file_get_contents($file);
    $found = (new PhpParser\NodeFinder())->find(
        (array) $parser->parse($code),
        static fn (Node $node): bool => too_new($node) !== null
    );
    foreach ($found as $node) {
        echo "{$file}:{$node->getLine()}: " . too_new($node) . "\n";
    }
    foreach (trailing_commas($code) as $line) {
        echo "{$file}:{$line}: a comma behind the last parameter\n";
    }
}
