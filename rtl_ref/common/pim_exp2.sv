// exp2neg of docs/numerics.md: 2^-t, t in Q5.11, result Q1.15. Combinational.
module pim_exp2 (
    input  logic [15:0] t_i,
    output logic [15:0] y_o
);
  logic [15:0] y;
  pim_exp2_fraction u_fraction (
      .t_i(t_i[10:0]),
      .y_o(y)
  );

  logic [31:0] doubled;
  assign doubled = {15'd0, y, 1'b0} >> t_i[15:11];
  assign y_o     = doubled[16:1] + {15'd0, doubled[0]};
endmodule
