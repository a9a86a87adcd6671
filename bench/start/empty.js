// Nothing: what any module costs.
