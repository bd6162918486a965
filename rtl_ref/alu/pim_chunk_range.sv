// How far the values of a chunk reach below and above zero, as magnitudes.
module pim_chunk_range #(
    parameter int StreamLanes = 32
) (
    input  logic [32*StreamLanes-1:0] chunk_i,
    output logic [              31:0] below_o,
    output logic [              31:0] above_o
);
  logic [31:0] value;
  always_comb begin
    below_o = '0;
    above_o = '0;
    value   = '0;
    for (int i = 0; i < StreamLanes; i++) begin
      value = chunk_i[32*i+:32];
      if (value[31]) begin
        value = -value;
        if (value > below_o) below_o = value;
      end else if (value > above_o) above_o = value;
    end
  end
endmodule
