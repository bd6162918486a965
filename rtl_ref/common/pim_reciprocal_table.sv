// 2^29 / divisor, rounded up: its product with a number below 2^21, less 29 bits, is the quotient.
module pim_reciprocal_table (
    input  logic [ 7:0] divisor_i,
    output logic [29:0] reciprocal_o
);
  logic [29:0] sample;
  always_comb begin
    case (divisor_i)
`include "reciprocal_table.svh"
      default: sample = 30'd0;
    endcase
  end
  assign reciprocal_o = sample;
endmodule
