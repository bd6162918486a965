// For every module with assertions or parameters.
//
// PIM_ASSERTIONS is defined for tools that read concurrent assertions (Verilator, VCS, Questa, formal tools): all but Icarus
// and yosys' own reader. Define PIM_NO_ASSERTIONS to leave them out elsewhere.
//
// `PIM_REQUIRE(CONDITION, MESSAGE): a parameter for which CONDITION does not hold is refused at elaboration. Icarus 11 knows no
// elaboration tasks; there an instance of a module that does not exist stops it.
`ifndef PIM_ASSERT_SVH
`define PIM_ASSERT_SVH

`ifdef __ICARUS__
`define PIM_NO_ASSERTIONS
`define PIM_REQUIRE(CONDITION, MESSAGE) if (!(CONDITION)) pim_parameter_refused refused ();
`else
`define PIM_REQUIRE(CONDITION, MESSAGE) if (!(CONDITION)) $fatal(1, MESSAGE);
`endif

`ifdef YOSYS
`ifndef PIM_NO_ASSERTIONS
`define PIM_NO_ASSERTIONS
`endif
`endif

`ifndef PIM_NO_ASSERTIONS
`define PIM_ASSERTIONS
`endif

`endif
