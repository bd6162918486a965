  // What a read stream of the ALU carries. Include within a module.
  /* verilator lint_off UNUSEDPARAM */
  localparam logic [1:0] KindWord = 2'd0;    // an id or a base exponent
  localparam logic [1:0] KindTable = 2'd1;   // gains or frequencies, once for the command
  localparam logic [1:0] KindMain = 2'd2;    // the row
  localparam logic [1:0] KindSecond = 2'd3;  // its second operand
  /* verilator lint_on UNUSEDPARAM */
