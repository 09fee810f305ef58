/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words and signs of the language. Several rows may tell of one form (if, then, else): each stands under its own name. */
#include "parser/words.h"

#define IF_FORM     "if COND then A else B     if COND { ... } else { ... }"
#define IF_HELP     "With then it is an expression, in free variables a piecewise one; with braces a statement."
#define IF_EXAMPLES { { "f(x) = if x < 0 then -x else x; f(-3)", "3" }, { "x = 2; if x > 1 { y = x^2 } else { y = 0 }; y", "4" } }
#define LOOP_HELP   "break leaves the loop, next goes on with the next round."

const WordRow word_rows[] = {
    /* control */
    { "if", true, IF_FORM, IF_HELP, IF_EXAMPLES, "and or not" },
    { "then", true, IF_FORM, IF_HELP, IF_EXAMPLES, "if" },
    { "else", true, IF_FORM, IF_HELP, IF_EXAMPLES, "if" },
    { "for", true, "for NAME in A..B { ... }     for NAME in LIST { ... }",
      "Runs the block for each number of a range (by 1, or as `by` says), or for each entry of a list or vector. " LOOP_HELP,
      { { "s = 0; for k in 1..10 { s = s + k^2 }; s", "385" } }, "while break next" },
    { "in", false, "for NAME in A..B { ... }", "Stands between the variable and the values of a loop.",
      { { "p = 1; for k in 1..7 by 2 { p = p*k }; p", "105" } }, "for" },
    { "by", false, "A..B by H", "The step of a range.", { { "p = 1; for k in 1..7 by 2 { p = p*k }; p", "105" } }, "for .." },
    { "while", true, "while COND { ... }", "Runs the block as long as the condition holds. " LOOP_HELP,
      { { "n = 100; while n > 3 { n = n/2 }; n", "25/16" } }, "for break next" },
    { "break", true, "break", "Leaves the innermost loop.", { { "for k in 1..100 { if k^2 > 50 { break }; m = k }; m", "7" } }, "next for while" },
    { "next", true, "next", "Goes on with the next round of the innermost loop.",
      { { "s = 0; for k in 1..10 { if mod(k, 2) == 0 { next }; s = s + k }; s", "25" } }, "break for while" },
    /* statements */
    { "assert", true, "assert A == B     assert A == B within TOL     assert COND",
      "Stops the run with exit status 1 unless the condition holds for certain.",
      { { "assert diff(x^2, x) == 2x; 1", "1" }, { "assert N(pi) == 3.14 within 0.01; 1", "1" } }, "within ==" },
    { "within", false, "assert A == B within TOL", "How far apart the two sides of an assertion may be.",
      { { "assert N(pi) == 3.14 within 0.01; 1", "1" } }, "assert" },
    { "assume", true, "assume x > 0, price, n integer",
      "Declares names as variables and states what holds for them. Variables are real unless said otherwise.",
      { { "assume price; diff(price^2, price)", "2price" } }, "show clear" },
    { "clear", true, "clear x, f     clear all", "Forgets values, definitions and assumptions.",
      { { "x = 3; clear x; x^2", "x^2" } }, "show" },
    { "set", true, "set NAME VALUE", "Changes a setting; show settings lists them.", { { "set digits 30; N(pi)", "3.14159265358979323846264338328" } }, "show N" },
    { "show", true, "show f     show vars     show functions     show assumptions     show settings",
      "Lists definitions as they can be typed again.", { { "f(x) = x^2; show f", "f(x) = x^2" } }, "clear set help" },
    { "function", true, "function y(t)", "Declares an unknown function, for equations in it. A function of your own needs no word: f(x) = x^2.",
      { { "function y(t); diff(y(t)^2, t)", "2*y(t)*y'(t)" } }, "euler_lagrange =" },
    { "include", true, "include \"FILE\"", "Runs a file; its definitions stay. The name is relative to the file that says it.", { { 0 } }, "assert" },
    { "steps", true, "steps STATEMENT", "How the answer comes about: the rules in their order, each step checked at random points.",
      { { "steps diff(x^2, x)", "2x" } }, "diff first_principles" },
    { "time", true, "time STATEMENT", "Runs the statement and prints the seconds that it took.", { { 0 } }, "for" },
    { "help", true, "help NAME     ?NAME     ??WORDS", "One topic, or a search in all of them. ? stands first on its line.", { { 0 } }, "show" },
    { "quit", true, "quit", "Ends the session; so does exit, or Ctrl-D.", { { 0 } }, "exit" },
    { "exit", true, "exit", "Ends the session; so does quit, or Ctrl-D.", { { 0 } }, "quit" },
    /* parts of expressions */
    { "at", false, "EXPR at x = 2, y = 1     EXPR at (2, 1)", "Puts values in for variables. It binds loosest of all.",
      { { "diff(x^3, x) at x = 2", "12" }, { "f(x, y) = x*y; gradient(f) at (1, 2)", "[2, 1]" } }, "limit assume" },
    { "and", false, "A and B", "Both conditions hold.", { { "1 < 2 and 2 < 3", "true" } }, "or not if" },
    { "or", false, "A or B", "One of the conditions holds, or both.", { { "1 > 2 or 2 < 3", "true" } }, "and not if" },
    { "not", false, "not A", "The condition does not hold.", { { "not 1 > 2", "true" } }, "and or if" },
    { "true", true, "true", "The value of a condition that holds.", { { "1 < 2", "true" } }, "false and or not" },
    { "false", true, "false", "The value of a condition that does not hold.", { { "1 > 2", "false" } }, "true and or not" },
    /* constants */
    { "pi", true, "pi", "The circumference of a circle over its diameter.", { { "N(pi, 30)", "3.14159265358979323846264338328" } }, "e N" },
    { "e", false, "e", "The base of the natural logarithm.", { { "log(e^3)", "3" } }, "exp log pi" },
    { "euler", true, "euler", "The constant of Euler and Mascheroni, the limit of 1 + 1/2 + ... + 1/n - log(n).",
      { { "N(euler, 20)", "0.57721566490153286061" } }, "pi digamma" },
    { "i", false, "i", "The imaginary unit. (It may be the index of for, sum, product.)", { { "i^2", "-1" } }, "re im conj arg" },
    { "oo", true, "oo     -oo", "Infinity, as a bound or a limit.", { { "limit(1/x, x -> oo)", "0" } }, "limit ->" },
    { "nan", false, "nan", "Not defined.", { { 0 } }, "oo" },
    { "ans", true, "ans     out[k]", "The last value; out[k] is the k-th of the session.", { { "2 + 3; ans^2", "25" } }, "show" },
    { "out", false, "out[k]", "The k-th value of the session.", { { "2 + 3; 7; out[1]", "5" } }, "ans" },
    /* signs */
    { "=", false, "x = 3     f(x) = x^2     solve(x^2 = 4, x)",
      "Outside brackets it defines a value or a function; inside brackets it is an equation. == compares.",
      { { "f(x) = x^2; f(3)", "9" }, { "solve(x^2 = 4, x)", "[-2, 2]" } }, "== function" },
    { "==", false, "A == B", "Are the two sides equal? The answer is true or false where it can be decided.", { { "(x + 1)^2 == x^2 + 2x + 1", "true" } }, "= assert" },
    { "->", false, "x -> a     x -> a+     x -> a-     x -> oo", "Where the variable of a limit goes; a+ comes from above, a- from below.",
      { { "limit(1/x, x -> 0+)", "oo" } }, "limit" },
    { "|->", false, "x |-> x^2     (x, y) |-> x*y", "A function without a name.", { { "f = x |-> x^2; f(3)", "9" } }, "= function" },
    { "..", false, "A..B     A..B by H", "A range of numbers.", { { "sum(k, k = 1..100)", "5050" } }, "for sum by" },
    { ":", false, "NAME: VALUE", "An option of a call.", { { "taylor(exp(x), x = 0, order: 2)", "1 + x + x^2/2 + O(x^3)" } }, "taylor" },
    { "'", false, "f'(x)     f''(2)", "The derivative of a function of one variable, directly behind its name.", { { "f(x) = x^3; f'(2)", "12" } }, "diff" },
    { "^", false, "a^b", "Power, from the right: 2^3^2 is 2^9. -x^2 is -(x^2), sin^2(x) is sin(x)^2.", { { "2^10", "1024" } }, "exp sqrt" },
    { "!", false, "n!", "Factorial.", { { "5!", "120" } }, "gamma product" },
    { 0 },
};
