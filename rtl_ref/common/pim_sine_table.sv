// round(2^15 * sin(pi/2 * index/256)), index = 0..256.
module pim_sine_table (
    input  logic [ 8:0] index_i,
    output logic [16:0] sample_o
);
  logic [16:0] sample;
  always_comb begin
    case (index_i)
`include "rope_table.svh"
      default: sample = 17'd0;
    endcase
  end
  assign sample_o = sample;
endmodule
