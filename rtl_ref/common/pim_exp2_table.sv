// round(2^15 * 2^(-index/32)): the samples of pim_exp2.
module pim_exp2_table (
    input  logic [ 5:0] index_i,
    output logic [15:0] sample_o
);
  logic [15:0] sample;
  always_comb begin
    case (index_i)
`include "exp2_table.svh"
      default: sample = 16'd0;
    endcase
  end
  assign sample_o = sample;
endmodule
